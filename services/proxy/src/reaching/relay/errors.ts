import { SallyportError } from '@sallyport/runtime'

const NO_CONNECTION: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** The proxy that keeps this session or task cannot be reached. The session or task may be lost. */
export class OwnerUnreachable extends SallyportError {
  constructor(options?: ErrorOptions) {
    super(
      'SP_OWNER_UNREACHABLE',
      'unavailable',
      'the proxy that keeps this session or task cannot be reached; begin it anew',
      options,
    )
  }

  /** Whether it is known that the request did not reach it. */
  get neverSent(): boolean {
    const { code } = (this.cause ?? {}) as { readonly code?: unknown }
    return typeof code === 'string' && NO_CONNECTION.has(code)
  }
}

/** A request says that another proxy of the fleet passed it on, and none did. */
export class RelayForged extends SallyportError {
  constructor() {
    super('SP_RELAY_FORGED', 'forbidden', 'no proxy of this fleet passed this request on, or not to here')
  }
}
