import type { TokenScope } from '@sallyport/control'

/** The holder of a request's token. `name` is the token's name, which events record as the actor. */
export interface Principal {
  readonly name: string
  readonly scope: TokenScope
  readonly type: 'person' | 'bot'
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Scopes that reach this route; admin always does. Without it any valid token does. */
    scopes?: readonly TokenScope[]
    /** No token is asked for. Never under /v1. */
    public?: boolean
  }
  interface FastifyRequest {
    /** Set on every route that asks for a token. */
    principal: Principal
    /** SHA-256 (hex) over the principal's name and the Idempotency-Key, or null where none was sent. */
    idempotencyKey: string | null
  }
}
