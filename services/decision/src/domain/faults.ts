import { SallyportError } from '@sallyport/runtime'

/** A variable of Sallyport's own, such as its secret, cannot be the credential that an upstream is given. */
export class CredentialReserved extends SallyportError {
  constructor() {
    super(
      'SP_CREDENTIAL_RESERVED',
      'invalid',
      'a variable that begins with SALLYPORT_ cannot be the credential of an upstream',
    )
  }
}

/** An upstream's credential is described in a way that no proxy could use. */
export class CredentialUnusable extends SallyportError {
  constructor(what: string) {
    super('SP_CREDENTIAL_UNUSABLE', 'invalid', `the upstream's credential ${what}`)
  }
}

/** The upstream's address cannot be used. */
export class UpstreamUrlInvalid extends SallyportError {
  constructor(what: string) {
    super('SP_UPSTREAM_URL_INVALID', 'invalid', `the upstream's url ${what}`)
  }
}

/**
 * The command of a stdio server cannot be registered: it is malformed, or it says something that must not be in the
 * record.
 */
export class CommandInvalid extends SallyportError {
  constructor(what: string) {
    super('SP_UPSTREAM_COMMAND_INVALID', 'invalid', `the command ${what}`)
  }
}

/** What is to be bound to a gateway cannot be an issuer of access tokens. */
export class IssuerUnusable extends SallyportError {
  constructor(what: string) {
    super('SP_ISSUER_UNUSABLE', 'invalid', `the issuer ${what}`)
  }
}
