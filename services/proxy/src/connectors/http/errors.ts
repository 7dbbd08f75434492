import { SallyportError } from '@sallyport/runtime'

/** The path or query of a request could be read in more than one way, or leads out of the registered address. */
export class TargetRefused extends SallyportError {
  constructor(reason: string) {
    super('SP_TARGET_REFUSED', 'invalid', `the request's target is refused: ${reason}`)
  }
}

/** A header field may stand once and stands twice: of two, the next reader might take the other one. */
export class HeaderRepeated extends SallyportError {
  constructor(name: string) {
    super('SP_HEADER_REPEATED', 'invalid', `the header field ${name} may be sent once`)
  }
}

/** A header field asks the upstream to carry out another request than the one that would be judged. */
export class OverrideRefused extends SallyportError {
  constructor(name: string) {
    super(
      'SP_OVERRIDE_REFUSED',
      'invalid',
      `the header field ${name} names another method or path than the request's; send that request itself`,
    )
  }
}

/** The method would show the credential to its caller (TRACE), or opens a tunnel (CONNECT). */
export class MethodRefused extends SallyportError {
  constructor() {
    super('SP_METHOD_REFUSED', 'invalid', 'TRACE and CONNECT are not passed on')
  }
}

/** The client asks for a protocol that is not passed on, or does not ask for it as RFC 6455 says. */
export class UpgradeRefused extends SallyportError {
  constructor() {
    super('SP_UPGRADE_REFUSED', 'invalid', 'only a GET may become a WebSocket, by version 13 of the protocol')
  }
}
