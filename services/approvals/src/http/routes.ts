import type { Approval } from '@sallyport/approval'
import type { ControlView } from '@sallyport/control'
import {
  ANSWERERS,
  type ApiPlugin,
  actorOf,
  decodeCursor,
  encodeCursor,
  ListOf,
  type Principal,
  pageQuery,
  problemResponse,
  reaches,
  sse,
} from '@sallyport/http-api'
import type { Part } from '@sallyport/inspection'
import { type Logger, messageOf } from '@sallyport/runtime'
import { Type } from 'typebox'
import type { ApprovalsFold } from '../approvals-fold.ts'
import type { CommentRequest } from '../comment.ts'
import { contextOf } from '../domain/approval-context.ts'
import { attemptOf, botObjection } from '../domain/bot-limits.ts'
import { listFilter } from '../domain/list-filter.ts'
import type { EditRequest } from '../editing/edit-approval.ts'
import { ApprovalNotFound } from '../errors.ts'
import type { LiveApprovals } from '../live-approvals.ts'
import type { RevealRequest } from '../reveal.ts'
import type { RevokeApproval } from '../revoke.ts'
import type { SessionsSoFar } from '../sessions-so-far.ts'
import type { ShownCall, ShownCalls } from '../shown-calls.ts'
import type { StreamIds } from '../stream-ids.ts'
import { answerInDetail } from './answer-in-detail.ts'
import { ApprovalCounts, countsOf } from './approval-counts.ts'
import { beginningOf, followApprovals, MAX_UNREAD_BYTES } from './approval-stream.ts'
import { ApprovalStatus, ApprovalView, ShownPart, shownPart, viewOf } from './approval-view.ts'
import { editRoute } from './edit-route.ts'
import { Reason } from './grant-routes.ts'
import { grantsNow, standpointOf } from './standpoint.ts'
import { type VoteRoutesOptions, voteRoutes } from './vote-routes.ts'

export interface RoutesOptions {
  readonly ready: () => Promise<ApprovalsFold>
  readonly shown: ShownCalls
  /** What agents did before. */
  readonly soFar: Pick<SessionsSoFar, 'of'>
  readonly answer: VoteRoutesOptions['answer']
  readonly edit: (request: EditRequest) => Promise<Approval>
  readonly revoke: (request: RevokeApproval) => Promise<Approval>
  readonly reveal: (request: RevealRequest) => Promise<Part[]>
  readonly comment: (request: CommentRequest) => Promise<Approval>
  readonly live: LiveApprovals
  readonly ids: StreamIds
  readonly logger: Logger
  /** Who could answer. */
  readonly control: Pick<ControlView, 'state'>
  readonly clock: () => Date
}

const tags = ['approvals']
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })
const Query = Type.Object(
  {
    ...pageQuery,
    status: Type.Enum([...ApprovalStatus.enum, 'all', 'settled'], {
      default: 'pending',
      description: 'settled: all but those that are pending',
    }),
    gateway: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: 'its name' })),
    order: Type.Enum(['newest', 'oldest'], { default: 'newest', description: 'which come first' }),
    text: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'words, all of which occur in the agent, server, action, rule or id',
      }),
    ),
    risk: Type.Optional(Type.Enum(['low', 'medium', 'high'])),
    waitedFromMs: Type.Optional(Type.Integer({ minimum: 0, description: 'asked for at least so long ago' })),
    waitedToMs: Type.Optional(Type.Integer({ minimum: 0, description: 'and less than so long ago' })),
    argsDigest: Type.Optional(
      Type.String({ pattern: '^[0-9a-f]{64}$', description: 'with these very arguments' }),
    ),
  },
  { additionalProperties: false },
)
const ShownArguments = Type.Object(
  {
    arguments: Type.Enum(['whole', 'recorded'], {
      default: 'whole',
      description: 'whole for those who may answer, while it can be answered; or as the record has them',
    }),
  },
  { additionalProperties: false },
)
const Reveal = Type.Object(
  {
    places: Type.Array(Type.String({ maxLength: 1024 }), {
      minItems: 1,
      maxItems: 100,
      description: 'JSON pointers into { arguments, _meta }, each for all that is below it',
    }),
  },
  { additionalProperties: false },
)
const Comment = Type.Object(
  {
    text: Type.String({
      minLength: 1,
      maxLength: 2000,
      pattern: '\\S',
      description: 'for the others who look at it; the agent is not told',
    }),
  },
  { additionalProperties: false },
)
const LastEventId = Type.Object({
  'last-event-id': Type.Optional(
    Type.String({ maxLength: 8192, description: 'the id of the last event that was read' }),
  ),
})
const Begin = Type.Object(
  {
    begin: Type.Enum(['pending', 'now'], {
      default: 'pending',
      description: 'where there is no id to go on from: with all that is pending, or with `current` at once',
    }),
  },
  { additionalProperties: false },
)
const STREAM = [
  'An event `approval` carries a whole approval. `snapshot` comes first where the stream begins with all that is pending;',
  'its `reason` is `first`, `unknown_id` (the id is not of this installation, or its log was taken back) or `not_kept`',
  '(too much has changed since the id). Otherwise it begins with all that changed since the id, what ended included.',
  '`current` says that from then on changes are told as they happen. With `begin=now` it comes first: whoever then reads the',
  'list page by page misses nothing.',
].join(' ')

/** What people and bots see and answer. */
export function approvalRoutes({
  ready,
  shown,
  soFar,
  answer,
  edit,
  reveal,
  revoke,
  comment,
  live,
  ids,
  control,
  clock,
  logger,
}: RoutesOptions): ApiPlugin {
  const seenBy = (principal: Principal, fold: ApprovalsFold) => {
    const standpoint = standpointOf(control, principal, grantsNow(fold, clock))
    return (approval: Approval, call?: ShownCall) => viewOf(approval, standpoint(approval), call)
  }
  const viewFor = async (principal: Principal) => seenBy(principal, await ready())
  return async (server) => {
    answerInDetail(server)
    await server.register(editRoute({ edit, viewFor }))

    server.get(
      '/v1/approvals',
      {
        config: { knownGateway: true },
        schema: {
          summary: 'What waits for a person, newest first unless it is asked for otherwise',
          description:
            'A page may have fewer than it could: there are more as long as `next` is not null, as a page looks at so many at most.',
          tags,
          querystring: Query,
          response: { 200: ListOf(ApprovalView) },
        },
      },
      async ({ query, principal }) => {
        const fold = await ready()
        const { status, gateway, limit, cursor, order, ...filter } = query
        const after = cursor === undefined ? null : decodeCursor(cursor, isText)
        const view = seenBy(principal, fold)
        const page = fold.page({ status, gateway, limit, after, order }, listFilter(filter, clock()))
        return {
          items: page.items.map((approval) => view(approval)),
          next: page.next && encodeCursor(page.next),
        }
      },
    )

    server.get(
      '/v1/approvals/counts',
      {
        schema: {
          summary: 'How many calls wait for a person, for how long and of whom',
          tags,
          response: { 200: ApprovalCounts },
        },
      },
      async () => countsOf((await ready()).counts, clock()),
    )

    server.get(
      '/v1/approvals/stream',
      {
        schema: {
          summary: 'Server-sent events: what is pending, then every change as it happens',
          description: STREAM,
          tags,
          headers: LastEventId,
          querystring: Begin,
        },
      },
      async ({ principal, headers, query }, reply) => {
        const fold = await ready()
        const beginning = await beginningOf(headers['last-event-id'], query.begin, { fold, ids })
        const stream = sse(reply, { maxUnreadBytes: MAX_UNREAD_BYTES })
        const followed = { fold, live, ids, view: seenBy(principal, fold) }
        // The answer has begun, so a fault can only end it; its reader comes back with its last id.
        followApprovals(stream, beginning, followed).catch((fault: unknown) => {
          logger.error({ cause: messageOf(fault) }, 'a stream of approvals ended')
          stream.close()
        })
      },
    )

    server.get(
      '/v1/approvals/:id',
      {
        schema: {
          summary: 'One call that waits or waited for a person, with all facts',
          tags,
          params: Id,
          querystring: ShownArguments,
          response: { 200: ApprovalView, 404: problemResponse('Unknown, or ended long ago') },
        },
      },
      async ({ params, query, principal }, reply) => {
        const fold = await ready()
        const [approval] = await fold.findFresh([params.id])
        if (!approval) throw new ApprovalNotFound()
        reply.header('cache-control', 'no-store')
        const isWhole = query.arguments === 'whole' && mayAnswer(principal, approval)
        const call = isWhole ? await shown.of(approval) : undefined
        const around = { others: fold.ofGateway(approval.gateway.name), soFar: soFar.of(approval.approvalId) }
        const context = contextOf(approval, around, control.state())
        return viewOf(
          approval,
          { ...standpointOf(control, principal, grantsNow(fold, clock))(approval), context },
          call,
        )
      },
    )

    server.post(
      '/v1/approvals/:id/reveal',
      {
        schema: {
          summary:
            'Shows secrets in the arguments of a call that waits for an answer; it is recorded who had them shown',
          tags,
          params: Id,
          body: Reveal,
          response: {
            200: Type.Object({ parts: Type.Array(ShownPart) }),
            404: problemResponse('Unknown, or ended long ago'),
            409: problemResponse('It has ended'),
          },
        },
      },
      async ({ params, body, principal }, reply) => {
        const places = body.places
        const parts = await reveal({ approvalId: params.id, actor: actorOf(principal), places })
        reply.header('cache-control', 'no-store')
        return {
          parts: parts.map((part) => ({ ...shownPart(part), text: part.original, masks: [] })),
        }
      },
    )

    server.post(
      '/v1/approvals/:id/revoke',
      {
        schema: {
          summary: 'Takes a held call back: one that waits is cancelled, and an approved one cannot be used',
          description: 'A grant that was given with it ends too.',
          tags,
          params: Id,
          body: Reason,
          response: {
            200: ApprovalView,
            404: problemResponse('Unknown, or ended long ago'),
            409: problemResponse('It has ended: it was used, or denied, or taken back before'),
            410: problemResponse('Its time was over'),
          },
        },
      },
      async ({ params, body, principal }) => {
        const reason = body?.reason || 'no reason was given'
        const request = { approvalId: params.id, actor: actorOf(principal), reason }
        return (await viewFor(principal))(await revoke(request))
      },
    )

    server.post(
      '/v1/approvals/:id/comments',
      {
        schema: {
          summary: 'Says something about a call to the others who look at it, in whatever state it is',
          tags,
          params: Id,
          body: Comment,
          response: {
            201: ApprovalView,
            404: problemResponse('Unknown, or ended long ago'),
            409: problemResponse('It takes no more comments'),
          },
        },
      },
      async ({ params, body, principal, idempotencyKey }, reply) => {
        const actor = actorOf(principal)
        const approval = await comment({ approvalId: params.id, actor, text: body.text, idempotencyKey })
        return reply.code(201).send((await viewFor(principal))(approval))
      },
    )
    await server.register(voteRoutes({ answer, viewFor }))
  }
}

/** Whoever may answer is shown the whole; a bot, of what its limits let it answer. */
function mayAnswer({ reach, limits }: Principal, approval: Approval): boolean {
  if (!reaches(reach, ANSWERERS)) return false
  return limits === null || botObjection(limits, attemptOf(approval, 0)) === undefined
}

function isText(place: unknown): place is string {
  return typeof place === 'string'
}
