import type { TokenScope } from '@sallyport/control'

/** The holder of a request's token. Events record it as the actor. */
export interface Principal {
  /** The token's id: nobody else ever gets it. */
  readonly id: string
  /** The token's name, which another token can have later. */
  readonly name: string
  readonly scope: TokenScope
  readonly type: 'person' | 'bot'
}

/** What events call the holder of a request's token. */
export function actorOf({ type, name, id }: Principal) {
  return { type, name, id }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Scopes that reach this route; admin always does. Without it any valid token does. */
    scopes?: readonly TokenScope[]
    /** Tokens are known by the control state as it was last read, also where it may be stale. For reading only. */
    evenStale?: boolean
    /** No token is asked for. Never under /v1. */
    public?: boolean
    /** The `gateway` of the query must be the name of one that is or was. */
    knownGateway?: boolean
  }
  interface FastifyRequest {
    /** Set on every route that asks for a token. */
    principal: Principal
    /** SHA-256 (hex) over the principal's id and the Idempotency-Key, or null where none was sent. */
    idempotencyKey: string | null
  }
}
