import { SallyportError } from '@sallyport/runtime'

/** No Sallyport could be reached, so the wrapped server got nothing; the reason says what was tried. */
export class SallyportNotReached extends SallyportError {
  /** It answered and said no: waiting does not help. */
  readonly refused: boolean

  constructor(why: string, options: ErrorOptions & { readonly refused?: boolean } = {}) {
    super('SP_MCP_NOT_REACHED', 'unavailable', `Sallyport cannot be reached: ${why}`, options)
    this.refused = options.refused ?? false
  }
}

/** The client wrote a line that is longer than any message may be; it was dropped. */
export class ClientLineTooLong extends SallyportError {
  constructor(most: number) {
    super('SP_MCP_LINE_TOO_LONG', 'exhausted', `a line of more than ${most} bytes was dropped and not sent`)
  }
}

/** The connection to Sallyport broke while calls were under way; they may have been carried out. */
export class SallyportLost extends SallyportError {
  constructor() {
    super(
      'SP_MCP_LOST',
      'unavailable',
      'the connection to Sallyport broke; outcome unknown: the call was sent and may have been carried out',
    )
  }
}

/** The wrapped server ended before it answered. */
export class WrappedServerEnded extends SallyportError {
  constructor(how: string) {
    super(
      'SP_MCP_SERVER_ENDED',
      'unavailable',
      `the server is gone: ${how}; outcome unknown: the call was sent and may have been carried out`,
    )
  }
}

/**
 * The gateway exists and its token is not on this machine. Agents read this, so it does not say how a token is made.
 */
export class GatewayTokenUnknown extends SallyportError {
  constructor(gateway: string) {
    super(
      'SP_MCP_TOKEN_UNKNOWN',
      'unauthenticated',
      `the token of gateway ${gateway} is not kept on this machine; SALLYPORT_GATEWAY_TOKEN has to be set to it where the server is started`,
    )
  }
}
