import type { Approval, Vote } from '@sallyport/approval'
import {
  type ApiPlugin,
  actorOf,
  decodeCursor,
  encodeCursor,
  ListOf,
  type Principal,
  Problem,
  pageQuery,
  problemOf,
  sse,
} from '@sallyport/http-api'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { AnswerRequest } from '../answer.ts'
import type { ApprovalsFold } from '../approvals-fold.ts'
import { ApprovalExpired, ApprovalNotFound } from '../errors.ts'
import type { LiveApprovals } from '../live-approvals.ts'
import { pageOf } from './approval-list.ts'
import { followApprovals, MAX_UNREAD_BYTES } from './approval-stream.ts'
import { ApprovalStatus, ApprovalView, viewOf } from './approval-view.ts'

export interface RoutesOptions {
  readonly ready: () => Promise<ApprovalsFold>
  readonly answer: (request: AnswerRequest) => Promise<Approval>
  readonly live: LiveApprovals
}

const tags = ['approvals']
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })
const Query = Type.Object(
  {
    ...pageQuery,
    status: Type.Enum([...ApprovalStatus.enum, 'all'], { default: 'pending' }),
    gateway: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: 'its name' })),
  },
  { additionalProperties: false },
)
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
})
const Answer = Type.Union(
  [
    Type.Object(
      {
        reason: Type.Optional(
          Type.String({ maxLength: 2000, description: 'recorded, and told to the agent' }),
        ),
      },
      { additionalProperties: false },
    ),
    Type.Null(),
  ],
  { default: null, description: 'may be left out' },
)

/** What people and bots see and answer. */
export function approvalRoutes({ ready, answer, live }: RoutesOptions): ApiPlugin {
  return async (server) => {
    answerLateVotesAsGone(server)

    server.get(
      '/v1/approvals',
      {
        config: { knownGateway: true },
        schema: {
          summary: 'What waits for a person, newest first',
          tags,
          querystring: Query,
          response: { 200: ListOf(ApprovalView) },
        },
      },
      async ({ query }) => {
        const fold = await ready()
        const { status, gateway, limit, cursor } = query
        const after = cursor === undefined ? null : decodeCursor(cursor, isText)
        const among = status === 'pending' || status === 'approved' ? fold.open() : fold.all()
        const page = pageOf(among, { status, gateway, limit, after })
        return { items: page.items.map(viewOf), next: page.next && encodeCursor(page.next) }
      },
    )

    server.get(
      '/v1/approvals/stream',
      {
        schema: {
          summary: 'Server-sent events: what is pending, then every change as it happens',
          description: 'Each event is named `approval` and carries the whole approval.',
          tags,
        },
      },
      async (_request, reply) => {
        const fold = await ready()
        followApprovals(sse(reply, { maxUnreadBytes: MAX_UNREAD_BYTES }), fold.open(), live)
      },
    )

    server.get(
      '/v1/approvals/:id',
      {
        schema: {
          summary: 'One call that waits or waited for a person, with all facts',
          tags,
          params: Id,
          response: { 200: ApprovalView, 404: problem('Unknown, or ended long ago') },
        },
      },
      async ({ params }) => {
        const fold = await ready()
        const [approval] = await fold.findFresh([params.id])
        if (!approval) throw new ApprovalNotFound()
        return viewOf(approval)
      },
    )

    for (const vote of ['approve', 'deny'] as const) {
      server.post(
        `/v1/approvals/:id/${vote}`,
        {
          config: { scopes: ['approver', 'bot'] },
          schema: {
            summary: vote === 'approve' ? 'Lets this exact call go on, once' : 'Refuses the call',
            tags,
            params: Id,
            body: Answer,
            response: {
              200: ApprovalView,
              404: problem('Unknown, or ended long ago'),
              409: problem('Answered before; the detail names by whom and when'),
              410: problem('Expired'),
            },
          },
        },
        async ({ params, body, principal, idempotencyKey }) =>
          viewOf(await answer(answerOf(params.id, vote, principal, body?.reason, idempotencyKey))),
      )
    }
  }
}

function answerOf(
  approvalId: string,
  vote: Vote,
  principal: Principal,
  reason: string | undefined,
  idempotencyKey: string | null,
): AnswerRequest {
  return { approvalId, vote, actor: actorOf(principal), reason: reason || null, idempotencyKey }
}

/** 410 and not 409: nobody was faster, the time was over. */
function answerLateVotesAsGone(server: FastifyInstance): void {
  server.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof ApprovalExpired)) throw error
    const gone = { ...problemOf(error), title: 'Expired', status: 410 }
    return reply.code(410).type('application/problem+json').send(JSON.stringify(gone))
  })
}

function isText(place: unknown): place is string {
  return typeof place === 'string'
}
