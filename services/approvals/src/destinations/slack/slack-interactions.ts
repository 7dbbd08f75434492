import type { Vote } from '@sallyport/approval'
import type { ApiPlugin } from '@sallyport/http-api'
import { messageOf } from '@sallyport/runtime'
import { SlackRequestRefused } from '../../errors.ts'
import { answerInChat, reasonIn, whyNotCounted } from '../answer-in-chat.ts'
import type { DestinationParts } from '../destination-parts.ts'
import { answererNow } from '../linked-people.ts'
import type { CallSlack } from './slack-client.ts'
import { denialModal, LONGEST_TEXT } from './slack-message.ts'
import type { SlackSignatures } from './slack-signature.ts'

export interface SlackInteractionsOptions
  extends Pick<DestinationParts, 'ready' | 'answer' | 'control' | 'clock' | 'logger'> {
  readonly signatures: SlackSignatures
  readonly call: CallSlack
  /** Slack user id → person id. */
  readonly people: ReadonlyMap<string, string>
}

/** What is read of a payload (https://docs.slack.dev/reference/interaction-payloads). */
interface Payload {
  readonly type?: string
  readonly trigger_id?: string
  readonly user?: { readonly id?: string }
  readonly channel?: { readonly id?: string }
  readonly actions?: readonly { readonly action_id?: string; readonly value?: string }[]
  readonly view?: {
    readonly callback_id?: string
    readonly private_metadata?: string
    readonly state?: {
      readonly values?: { readonly reason?: { readonly reason?: { readonly value?: unknown } } }
    }
  }
}

const LONGEST_BODY = 256 * 1024

/** Where Slack sends clicks: signed by Slack, and answered for the person that the Slack user is linked to. */
export function slackInteractions(options: SlackInteractionsOptions): ApiPlugin {
  const { signatures, ready, answer, call, control, people, clock, logger } = options
  const castVote = answerInChat({ chat: 'Slack', longest: LONGEST_TEXT, ready, answer })
  const whyNot = (reason: unknown) => whyNotCounted(reason, 'Slack', logger)

  const personOf = ({ user }: Payload) => {
    const id = user?.id ?? ''
    return answererNow(control, people.get(id), `your Slack user ${id} is not linked to a person`)
  }
  const vote = (payload: Payload, shown: string, vote: Vote, reason: string | null) =>
    castVote({ person: personOf(payload), shown, vote, reason })

  async function onAction(payload: Payload): Promise<void> {
    const { action_id: name, value: shown = '' } = payload.actions?.[0] ?? {}
    if (name !== 'approve' && name !== 'deny') return
    try {
      personOf(payload)
      if (name === 'approve') await vote(payload, shown, 'approve', null)
      else await call('views.open', { trigger_id: payload.trigger_id, view: denialModal(shown) })
    } catch (reason) {
      await tellAlone(payload, whyNot(reason))
    }
  }

  async function tellAlone({ channel, user }: Payload, text: string): Promise<void> {
    await call('chat.postEphemeral', { channel: channel?.id, user: user?.id, text }).catch(
      (reason: unknown) =>
        logger.warn(
          { reason: messageOf(reason) },
          'somebody in Slack was not told why an answer does not count',
        ),
    )
  }

  /** What the modal shows; undefined closes it. */
  async function onDenial(payload: Payload): Promise<object | undefined> {
    const { private_metadata: shown = '', state } = payload.view ?? {}
    try {
      await vote(payload, shown, 'deny', reasonIn(state?.values?.reason?.reason?.value))
      return undefined
    } catch (reason) {
      return { response_action: 'errors', errors: { reason: whyNot(reason) } }
    }
  }

  return async (server) => {
    server.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: LONGEST_BODY },
      (_request, body, done) => done(null, body),
    )
    server.post(
      '/slack/interactions',
      { config: { public: true }, schema: { hide: true } },
      async ({ headers, body }, reply) => {
        const text = typeof body === 'string' ? body : ''
        const signed = {
          timestamp: oneOf(headers['x-slack-request-timestamp']),
          signature: oneOf(headers['x-slack-signature']),
          body: text,
        }
        const objection = signatures.objection(signed, clock())
        if (objection !== undefined) throw new SlackRequestRefused(objection)
        const payload = payloadOf(text)
        if (payload.type === 'block_actions') await onAction(payload)
        const shown =
          payload.type === 'view_submission' && payload.view?.callback_id === 'deny'
            ? await onDenial(payload)
            : undefined
        return shown === undefined
          ? reply.code(200).send()
          : reply.code(200).type('application/json').send(JSON.stringify(shown))
      },
    )
  }
}

function payloadOf(body: string): Payload {
  try {
    const payload: unknown = JSON.parse(new URLSearchParams(body).get('payload') ?? '')
    return typeof payload === 'object' && payload !== null ? payload : {}
  } catch {
    return {}
  }
}

const oneOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined
