import type { ApiPlugin } from '@sallyport/http-api'
import { BoundedMap } from '@sallyport/runtime'
import { TeamsRequestRefused } from '../../errors.ts'
import { answerInChat, reasonIn, whyNotCounted } from '../answer-in-chat.ts'
import type { DestinationParts } from '../destination-parts.ts'
import { answererNow } from '../linked-people.ts'
import { CARD, cardOf, LONGEST_CALL } from './teams-card.ts'
import type { TeamsTokens } from './teams-tokens.ts'

export interface TeamsActivitiesOptions
  extends Pick<
    DestinationParts,
    'ready' | 'answer' | 'control' | 'sentenceOf' | 'pageOf' | 'clock' | 'logger'
  > {
  readonly tokens: Pick<TeamsTokens, 'verify'>
  /** Object id in Entra → person id. */
  readonly people: ReadonlyMap<string, string>
  readonly tenantId: string
}

/** What is read of an activity (https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model). */
interface Activity {
  readonly type?: string
  readonly id?: string
  readonly name?: string
  readonly serviceUrl?: unknown
  readonly channelId?: string
  readonly from?: { readonly aadObjectId?: string }
  readonly conversation?: { readonly id?: string; readonly tenantId?: string }
  readonly channelData?: { readonly tenant?: { readonly id?: string } }
  readonly value?: {
    readonly action?: {
      readonly verb?: string
      readonly data?: { readonly shown?: unknown; readonly reason?: unknown }
    }
  }
}

const MOST_SEEN = 10_000
const MESSAGE = 'application/vnd.microsoft.activity.message'

/** Where the Bot Connector sends what people do in Teams; a click counts for the person that its user is linked to. */
export function teamsActivities(options: TeamsActivitiesOptions): ApiPlugin {
  const { tokens, ready, answer, control, people, tenantId, sentenceOf, pageOf, logger } = options
  const castVote = answerInChat({ chat: 'Teams', longest: LONGEST_CALL, ready, answer })
  const seen = new BoundedMap<string, true>(MOST_SEEN)

  /** A token is good for an hour and for any activity, so each activity counts once. */
  const checkFirst = ({ id }: Activity) => {
    if (!id || seen.get(id)) throw new TeamsRequestRefused('it has come before')
    seen.set(id, true)
  }
  const checkPlace = ({ channelId, channelData, conversation }: Activity) => {
    const tenant = channelData?.tenant?.id ?? conversation?.tenantId
    if (channelId !== 'msteams' || tenant?.toLowerCase() !== tenantId)
      throw new TeamsRequestRefused('it is not of the tenant')
  }

  async function onAction({ from, value }: Activity): Promise<object> {
    const { verb, data } = value?.action ?? {}
    if ((verb !== 'approve' && verb !== 'deny') || typeof data?.shown !== 'string')
      return { statusCode: 400, type: 'application/vnd.microsoft.error', value: UNKNOWN }
    const user = from?.aadObjectId?.toLowerCase() ?? ''
    try {
      const person = answererNow(
        control,
        people.get(user),
        `your Teams user ${user} is not linked to a person`,
      )
      const reason = verb === 'deny' ? reasonIn(data.reason) : null
      const approval = await castVote({ person, shown: data.shown, vote: verb, reason })
      const facts = { sentence: sentenceOf(approval), page: pageOf(approval.approvalId) }
      return { statusCode: 200, type: CARD, value: cardOf(approval, facts) }
    } catch (reason) {
      // A message is shown to whoever clicked, and to nobody else.
      return { statusCode: 200, type: MESSAGE, value: whyNotCounted(reason, 'Teams', logger) }
    }
  }

  return async (server) => {
    server.post(
      '/teams/messages',
      { config: { public: true }, schema: { hide: true } },
      async ({ headers, body }, reply) => {
        const activity = (typeof body === 'object' && body !== null ? body : {}) as Activity
        await tokens.verify(headers.authorization, activity.serviceUrl)
        checkPlace(activity)
        checkFirst(activity)
        if (activity.type === 'conversationUpdate')
          logger.info({ conversation: activity.conversation?.id }, 'the bot is in a conversation of Teams')
        const said =
          activity.type === 'invoke' && activity.name === 'adaptiveCard/action'
            ? await onAction(activity)
            : {}
        return reply.code(200).type('application/json').send(JSON.stringify(said))
      },
    )
  }
}

const UNKNOWN = { code: 'BadRequest', message: 'Sallyport does not know this action.' }
