import { InvalidConfig } from '@sallyport/runtime'
import type { DestinationParts } from '../destination-parts.ts'
import { oneMessage } from '../one-message.ts'
import { delivering, type RunningDestination } from '../running-destination.ts'
import { noteTold } from '../told-notes.ts'
import { teamsActivities } from './teams-activities.ts'
import { messageOf } from './teams-card.ts'
import { teamsClient } from './teams-client.ts'
import type { TeamsConfig } from './teams-config.ts'
import { teamsMessages } from './teams-messages.ts'
import { TeamsTokens } from './teams-tokens.ts'

/** Teams as a destination of approvals and a place to answer them; undefined where it is not configured. */
export function createTeams(config: TeamsConfig, parts: DestinationParts): RunningDestination | undefined {
  const { appId, appSecret, tenantId, people, metadataUrl } = config
  if (appId === null) return undefined
  if (appSecret === null || tenantId === null)
    throw new InvalidConfig([
      `${appSecret === null ? 'SALLYPORT_TEAMS_APP_SECRET' : 'SALLYPORT_TEAMS_TENANT_ID'} is required with SALLYPORT_TEAMS_APP_ID`,
    ])
  const { ready, clock, placesOf, sentenceOf, pageOf } = parts
  const call = teamsClient({ ...config, appId, appSecret, tenantId }, clock)
  const chat = teamsMessages(call, (approval) =>
    messageOf(approval, { sentence: sentenceOf(approval), page: pageOf(approval.approvalId) }),
  )
  const note = noteTold('teams', ready, clock)
  const tokens = new TeamsTokens({ metadataUrl, appId, clock })
  return delivering({
    ...parts,
    name: 'teams',
    destination: () =>
      oneMessage({ chat, places: (approval) => placesOf('teams', approval), note, ready, clock }),
    routes: teamsActivities({ ...parts, tokens, people: lowered(people), tenantId }),
  })
}

/** Object ids are the same however they are written. */
function lowered(people: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...people].map(([user, person]) => [user.toLowerCase(), person]))
}
