import type { Standing } from '@sallyport/control'
import type { WayOn } from './fault-page.ts'

/** The holder of a request's token, as they stand now. Events record them as the actor. */
export type Principal = Standing

/** What events call the holder of a request's token. The id is the token's: nobody else ever gets it. */
export function actorOf({ type, name, tokenId, personId, botId }: Principal) {
  const holderId = botId ?? personId
  return { type, name, id: tokenId, ...(holderId === null ? {} : { holderId }) }
}

/**
 * What is stamped into a vote: all that decides whether it counts. `id` is what counts once in an approval. The token is that
 * which the vote hangs on; none where a person signed in, as their session ends before long.
 */
export function voterOf(principal: Principal) {
  const { id, personId, botId, roles, groups, limits } = principal
  const advisory = limits?.advisory ?? false
  // A bot that answers for some groups and roles counts for no other that its person has.
  const stages = limits?.stages ?? null
  const isFor = (kind: string) => (name: string) =>
    stages === null || stages.some((one) => one.kind === kind && one.name === name)
  return {
    id,
    tokenId: tokenOfVote(principal),
    personId,
    botId,
    roles: roles.filter(isFor('role')),
    groups: groups.filter(isFor('group')),
    advisory,
  }
}

/** The session of a token of its own counts as that token, by whose id it is. */
function tokenOfVote({ id, tokenId, isSession, personId }: Principal): string | null {
  if (!isSession) return tokenId
  return personId === null ? id : null
}

export type VoterFacts = ReturnType<typeof voterOf>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Tokens are known by the control state as it was last read, also where it may be stale. For reading only. */
    evenStale?: boolean
    /** No token is asked for. Never under /v1. */
    public?: boolean
    /** The `gateway` of the query must be the name of one that is or was. */
    knownGateway?: boolean
    /** A browser comes here by itself: faults are told on a page, with these ways on from it. */
    faultPage?: readonly WayOn[]
  }
  interface FastifyRequest {
    /** Set on every route that asks for a token. */
    principal: Principal
    /** SHA-256 (hex) over the id of the principal's token and the Idempotency-Key, or null where none was sent. */
    idempotencyKey: string | null
  }
}
