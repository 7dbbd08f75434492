import { SallyportError } from '@sallyport/runtime'

/** A grant that cannot be meant as it is written; the message says why. */
export class GrantInvalid extends SallyportError {
  constructor(reason: string) {
    super('SP_GRANT_INVALID', 'invalid', `the grant cannot be given like this: ${reason}`)
  }
}

/** A grant that is longer than its permission or the installation lets one be. */
export class GrantTooLong extends SallyportError {
  constructor(asked: string, longest: string) {
    super('SP_GRANT_TOO_LONG', 'forbidden', `a grant of ${asked} is longer than the ${longest} allowed here`)
  }
}

/** A call of which no grant may be born: its permission, the installation or the kind of call does not let one be. */
export class GrantNotPossible extends SallyportError {
  constructor() {
    super(
      'SP_GRANT_NOT_POSSIBLE',
      'forbidden',
      'this call can be approved once and not for others like it: its permission, this installation or the kind of call does not allow a grant',
    )
  }
}
