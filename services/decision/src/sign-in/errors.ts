import { SallyportError } from '@sallyport/runtime'

/** The OpenID provider cannot be asked what it is. */
export class ProviderUnavailable extends SallyportError {
  constructor(options?: ErrorOptions) {
    super('SP_SIGN_IN_UNAVAILABLE', 'unavailable', 'the OpenID provider does not answer as one', options)
  }
}

/** What came back from the OpenID provider does not stand for a sign-in that this browser began. */
export class SignInFailed extends SallyportError {
  constructor(options?: ErrorOptions) {
    super(
      'SP_SIGN_IN_FAILED',
      'unauthenticated',
      'the sign-in did not come to its end; begin again at /sign-in',
      options,
    )
  }
}

/** Somebody signed in whom nobody gave a role. */
export class NoRole extends SallyportError {
  constructor(issuer: string, subject: string) {
    super(
      'SP_SIGN_IN_NO_ROLE',
      'forbidden',
      `you have no role here; an owner can give you one: sallyport person add NAME --issuer ${issuer} --subject ${subject}`,
    )
  }
}

/** The address under which browsers reach the API is not configured, and this request does not come from this machine. */
export class SignInElsewhere extends SallyportError {
  constructor() {
    super('SP_SIGN_IN_ELSEWHERE', 'invalid', 'SALLYPORT_SIGN_IN_URL has to say where browsers reach this API')
  }
}
