import { SallyportError } from '@sallyport/runtime'

/** A variable of Sallyport's own, such as its secret, cannot be the credential that an upstream is given. */
export class CredentialReserved extends SallyportError {
  constructor() {
    super(
      'SP_CREDENTIAL_RESERVED',
      'invalid',
      'variables that begin with SALLYPORT_ are no credentials of upstreams',
    )
  }
}

/** What is said of an upstream's credential cannot be used by any proxy. */
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

/** The command of a stdio server cannot be registered: it is none, or what it says must not be in the record. */
export class CommandInvalid extends SallyportError {
  constructor(what: string) {
    super('SP_UPSTREAM_COMMAND_INVALID', 'invalid', `the command ${what}`)
  }
}
