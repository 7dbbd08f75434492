import { SallyportError } from '@sallyport/runtime'

/** The OpenID provider cannot be asked what it is. */
export class ProviderUnavailable extends SallyportError {
  constructor(options?: ErrorOptions) {
    super(
      'SP_SIGN_IN_UNAVAILABLE',
      'unavailable',
      'the OpenID provider does not answer as one; begin again in a while',
      options,
    )
  }
}

/** Why a sign-in did not come to its end. */
export type SignInFault = 'not_begun' | 'declined' | 'not_proven' | 'not_kept'

const FAULTS: Readonly<Record<SignInFault, string>> = {
  not_begun: 'this browser did not begin this sign-in, or began it more than ten minutes ago; begin again',
  declined: 'the OpenID provider did not let you sign in; begin again, or ask those who look after it',
  not_proven: 'what the OpenID provider sent does not prove who you are; begin again',
  not_kept: 'your session could not be recorded; begin again',
}

/** What came back from the OpenID provider does not stand for a sign-in that this browser began. */
export class SignInFailed extends SallyportError {
  constructor(fault: SignInFault, options?: ErrorOptions) {
    super('SP_SIGN_IN_FAILED', 'unauthenticated', FAULTS[fault], options)
  }
}

/** Somebody signed in whom nobody gave a role. */
export class NoRole extends SallyportError {
  constructor(issuer: string, subject: string) {
    super(
      'SP_SIGN_IN_NO_ROLE',
      'forbidden',
      `you have no role here; an owner can give you one: sallyport person add NAME --issuer ${word(issuer)} --subject ${word(subject)}`,
    )
  }
}

/** The address under which browsers reach the API is not configured, and this request does not come from this machine. */
export class SignInElsewhere extends SallyportError {
  constructor() {
    super('SP_SIGN_IN_ELSEWHERE', 'invalid', 'SALLYPORT_SIGN_IN_URL has to say where browsers reach this API')
  }
}

/** As one word of a shell's command line: an owner will paste what the provider says of somebody. */
function word(text: string): string {
  return /^[\w.:/@|=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
