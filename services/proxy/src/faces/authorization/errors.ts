import { SallyportError } from '@sallyport/runtime'

/** An access token that is not good here; the reason is one of ours and repeats nothing of it. */
export class TokenRefused extends SallyportError {
  constructor(reason: string, options?: ErrorOptions) {
    super('SP_TOKEN_REFUSED', 'unauthenticated', `the access token is refused: ${reason}`, options)
  }
}

/** An access token that is good, but not for what this proxy asks of every token. */
export class ScopeInsufficient extends SallyportError {
  constructor() {
    super('SP_SCOPE_INSUFFICIENT', 'forbidden', 'the access token lacks a scope')
  }
}

/** The keys of an issuer cannot be had, so nobody knows whether an access token is good. */
export class IssuerUnavailable extends SallyportError {
  constructor(options?: ErrorOptions) {
    super(
      'SP_ISSUER_UNAVAILABLE',
      'unavailable',
      'the keys that access tokens are checked with cannot be had',
      options,
    )
  }
}

/** The `Authorization` that the agent means for the upstream itself has a token for Sallyport in it. */
export class OwnAuthorizationRefused extends SallyportError {
  constructor() {
    super(
      'SP_OWN_AUTHORIZATION',
      'invalid',
      'Authorization must hold a credential of the upstream, and Sallyport-Gateway the token of the gateway',
    )
  }
}

/** Authorization or another header that must come once came twice: each reader would take another one. */
export class IdentityRepeated extends SallyportError {
  constructor() {
    super('SP_IDENTITY_REPEATED', 'invalid', 'a header that identifies the caller came more than once')
  }
}
