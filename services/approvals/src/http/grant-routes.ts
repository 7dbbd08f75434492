import { type Grant, grantAt } from '@sallyport/approval'
import {
  type ApiPlugin,
  actorOf,
  decodeCursor,
  encodeCursor,
  ListOf,
  pageQuery,
  problemResponse,
} from '@sallyport/http-api'
import { Type } from 'typebox'
import type { ApprovalsFold } from '../approvals-fold.ts'
import { GrantNotFound } from '../errors.ts'
import type { RevokeGrant } from '../grants/revoke-grant.ts'
import { GrantView, grantViewOf } from './grant-view.ts'

export interface GrantRoutesOptions {
  readonly ready: () => Promise<ApprovalsFold>
  readonly revoke: (request: RevokeGrant) => Promise<Grant>
  readonly clock: () => Date
}

const tags = ['grants']
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })
const Query = Type.Object(
  {
    ...pageQuery,
    status: Type.Enum(['open', 'ended', 'all'], { default: 'open' }),
    gateway: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: 'its name' })),
  },
  { additionalProperties: false },
)
export const Reason = Type.Union(
  [
    Type.Object(
      { reason: Type.Optional(Type.String({ maxLength: 2000, description: 'recorded' })) },
      { additionalProperties: false },
    ),
    Type.Null(),
  ],
  { default: null, description: 'may be left out' },
)

/** What people have granted beyond one call, and the way to take it back. */
export function grantRoutes({ ready, revoke, clock }: GrantRoutesOptions): ApiPlugin {
  return async (server) => {
    server.get(
      '/v1/grants',
      {
        config: { knownGateway: true },
        schema: {
          summary: 'Grants: calls that need nobody for a while, newest first',
          tags,
          querystring: Query,
          response: { 200: ListOf(GrantView) },
        },
      },
      async ({ query }) => {
        const fold = await ready()
        const now = clock().toISOString()
        const { status, gateway, limit, cursor } = query
        const after = cursor === undefined ? null : decodeCursor(cursor, isText)
        const wanted = [...fold.grants()].filter(
          (grant) =>
            (gateway === undefined || grant.gateway.name === gateway) &&
            (status === 'all' || (grantAt(grant, now).status === 'open') === (status === 'open')),
        )
        const sorted = wanted.sort((a, b) => placeOf(b).localeCompare(placeOf(a)))
        const rest = after === null ? sorted : sorted.filter((grant) => placeOf(grant) < after)
        const page = rest.slice(0, limit)
        const last = page.at(-1)
        return {
          items: page.map((grant) => grantViewOf(grant, now)),
          next: last && rest.length > limit ? encodeCursor(placeOf(last)) : null,
        }
      },
    )

    server.get(
      '/v1/grants/:id',
      {
        schema: {
          summary: 'One grant',
          tags,
          params: Id,
          response: { 200: GrantView, 404: problemResponse('Unknown, or ended long ago') },
        },
      },
      async ({ params }) => {
        const grant = await (await ready()).findGrant(params.id)
        if (!grant) throw new GrantNotFound()
        return grantViewOf(grant, clock().toISOString())
      },
    )

    server.post(
      '/v1/grants/:id/revoke',
      {
        schema: {
          summary: 'Ends a grant: the next call that it covered needs a person again',
          tags,
          params: Id,
          body: Reason,
          response: {
            200: GrantView,
            404: problemResponse('Unknown, or ended long ago'),
            409: problemResponse('It has ended: the detail says how'),
          },
        },
      },
      async ({ params, body, principal }) => {
        const reason = body?.reason || 'no reason was given'
        const grant = await revoke({ grantId: params.id, actor: actorOf(principal), reason })
        return grantViewOf(grant, clock().toISOString())
      },
    )
  }
}

/** Ids of approvals are in the order of time, but two instances may disagree by a little. */
function placeOf({ givenAt, grantId }: Grant): string {
  return `${givenAt} ${grantId}`
}

function isText(place: unknown): place is string {
  return typeof place === 'string'
}
