import type { DestinationParts } from '../destination-parts.ts'
import { oneMessage } from '../one-message.ts'
import { delivering, type RunningDestination } from '../running-destination.ts'
import { noteTold } from '../told-notes.ts'
import { slackClient } from './slack-client.ts'
import type { SlackConfig } from './slack-config.ts'
import { slackInteractions } from './slack-interactions.ts'
import { messageOf } from './slack-message.ts'
import { slackMessages } from './slack-messages.ts'
import { SlackSignatures } from './slack-signature.ts'

/** Slack as a destination of approvals and a place to answer them; undefined where it is not configured. */
export function createSlack(config: SlackConfig, parts: DestinationParts): RunningDestination | undefined {
  const { token, signingSecret, people, url } = config
  if (token === null) return undefined
  const { ready, clock, placesOf, sentenceOf, pageOf } = parts
  const call = slackClient(url, token)
  const chat = slackMessages(call, (approval) =>
    messageOf(approval, { sentence: sentenceOf(approval), page: pageOf(approval.approvalId) }),
  )
  const note = noteTold('slack', ready, clock)
  return delivering({
    ...parts,
    name: 'slack',
    destination: () =>
      oneMessage({ chat, places: (approval) => placesOf('slack', approval), note, ready, clock }),
    ...(signingSecret !== null && {
      routes: slackInteractions({ ...parts, call, people, signatures: new SlackSignatures(signingSecret) }),
    }),
  })
}
