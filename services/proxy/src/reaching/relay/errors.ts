import { SallyportError } from '@sallyport/runtime'

const NO_CONNECTION: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
])

/**
 * The proxy that keeps this session or task cannot be reached, or broke off before it answered. The session or task may
 * be lost.
 */
export class OwnerUnreachable extends SallyportError {
  /** Whether it is known that the request did not reach it. */
  readonly neverSent: boolean

  constructor(options?: ErrorOptions) {
    const neverSent = isNoConnection(options?.cause)
    super(
      'SP_OWNER_UNREACHABLE',
      'unavailable',
      neverSent
        ? 'the proxy that keeps this session or task cannot be reached; begin it anew'
        : 'the proxy that keeps this session or task broke off; outcome unknown: the call was sent and may have been carried out',
      options,
    )
    this.neverSent = neverSent
  }
}

function isNoConnection(cause: unknown): boolean {
  const { code } = (cause ?? {}) as { readonly code?: unknown }
  return typeof code === 'string' && NO_CONNECTION.has(code)
}

/** A request says that another proxy of the fleet passed it on, and none did. */
export class RelayForged extends SallyportError {
  constructor() {
    super('SP_RELAY_FORGED', 'forbidden', 'no proxy of this fleet passed this request on, or not to here')
  }
}
