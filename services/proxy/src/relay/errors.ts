import { SallyportError } from '@sallyport/runtime'

/** The proxy that keeps this session or task cannot be reached; what it kept may be gone. */
export class OwnerUnreachable extends SallyportError {
  constructor(options?: ErrorOptions) {
    super(
      'SP_OWNER_UNREACHABLE',
      'unavailable',
      'the proxy that keeps this session or task cannot be reached; begin it anew',
      options,
    )
  }
}

/** A request says that another proxy of the fleet passed it on, and none did. */
export class RelayForged extends SallyportError {
  constructor() {
    super('SP_RELAY_FORGED', 'forbidden', 'no proxy of this fleet passed this request on, or not to here')
  }
}
