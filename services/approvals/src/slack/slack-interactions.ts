import type { Approval, Vote } from '@sallyport/approval'
import type { ControlView, Person } from '@sallyport/control'
import { ANSWERERS, type ApiPlugin, reaches } from '@sallyport/http-api'
import { type Logger, messageOf, SallyportError } from '@sallyport/runtime'
import type { AnswerRequest } from '../answer.ts'
import type { ApprovalsFold } from '../approvals-fold.ts'
import { ApprovalNotYours, PartsUnseen, SlackRequestRefused } from '../errors.ts'
import type { CallSlack } from './slack-client.ts'
import { denialModal, isShownWhole } from './slack-message.ts'
import type { SlackSignatures } from './slack-signature.ts'

export interface SlackInteractionsOptions {
  readonly signatures: SlackSignatures
  readonly ready: () => Promise<ApprovalsFold>
  readonly answer: (request: AnswerRequest) => Promise<Approval>
  readonly call: CallSlack
  /** Slack user id → person id. */
  readonly people: ReadonlyMap<string, string>
  readonly control: Pick<ControlView, 'state'>
  readonly clock: () => Date
  readonly logger: Logger
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
  const { signatures, ready, answer, call, clock, logger } = options

  async function vote(
    payload: Payload,
    approvalId: string,
    choice: Vote,
    reason: string | null,
  ): Promise<void> {
    const person = personOf(options, payload.user?.id)
    if (choice === 'approve') {
      const [approval] = await (await ready()).findFresh([approvalId])
      if (approval && !isShownWhole(approval))
        throw new ApprovalNotYours('the call is not shown whole in Slack')
    }
    await answer({ approvalId, vote: choice, ...ballotOf(person), reason, idempotencyKey: null })
  }

  async function onAction(payload: Payload): Promise<void> {
    const { action_id: name, value: approvalId = '' } = payload.actions?.[0] ?? {}
    if (name !== 'approve' && name !== 'deny') return
    try {
      personOf(options, payload.user?.id)
      if (name === 'approve') await vote(payload, approvalId, 'approve', null)
      else await call('views.open', { trigger_id: payload.trigger_id, view: denialModal(approvalId) })
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
    const { private_metadata: approvalId = '', state } = payload.view ?? {}
    const said = state?.values?.reason?.reason?.value
    try {
      await vote(
        payload,
        approvalId,
        'deny',
        typeof said === 'string' && said !== '' ? said.slice(0, 2000) : null,
      )
      return undefined
    } catch (reason) {
      return { response_action: 'errors', errors: { reason: whyNot(reason) } }
    }
  }

  const whyNot = (reason: unknown): string => {
    if (reason instanceof PartsUnseen)
      return 'Not counted: Slack does not show all of this call. Answer it on its page.'
    if (reason instanceof SallyportError) return `Not counted: ${reason.message}.`
    logger.error({ cause: messageOf(reason) }, 'an answer in Slack failed')
    return 'Not counted: a fault in Sallyport.'
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

/** Who a Slack user is now. Throws where they are nobody who may answer. */
function personOf(
  { people, control }: Pick<SlackInteractionsOptions, 'people' | 'control'>,
  user: string | undefined,
): Person {
  const person = control.state().persons.get(people.get(user ?? '') ?? '')
  if (!person) throw new ApprovalNotYours(`your Slack user ${user ?? ''} is not linked to a person`)
  if (!reaches(person.roles, ANSWERERS)) throw new ApprovalNotYours('your role does not answer approvals')
  return person
}

/** No token is behind it, so the vote hangs on the person alone. */
function ballotOf({ id, name, roles, groups }: Person): Pick<AnswerRequest, 'actor' | 'voter'> {
  const voter = { id, tokenId: null, personId: id, botId: null, advisory: false }
  return {
    actor: { type: 'person', name, holderId: id },
    voter: { ...voter, roles: [...roles], groups: [...groups] },
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
