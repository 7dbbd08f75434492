import { SallyportError } from '@sallyport/runtime'

/** The command with this idempotency key took effect before, and the token it gave is not kept: rotate, or issue anew. */
export class TokenLost extends SallyportError {
  constructor() {
    super(
      'SP_TOKEN_SHOWN_ONCE',
      'conflict',
      'this was done before and its token cannot be shown again; give a new one',
    )
  }
}

/** There is no connector of this kind. */
export class ConnectorUnknown extends SallyportError {
  constructor() {
    super('SP_CONNECTOR_UNKNOWN', 'invalid', 'there is no connector of this kind; the known one is mcp')
  }
}

/** The name of a connector's kind cannot name an upstream, or permissions could not tell them apart, nor a gateway. */
export class NameReserved extends SallyportError {
  constructor() {
    super('SP_NAME_RESERVED', 'invalid', 'this name is that of a kind of connector')
  }
}

/** What is asked about names a server that is not registered. */
export class CatalogUpstreamUnknown extends SallyportError {
  constructor() {
    super('SP_CATALOG_UPSTREAM_UNKNOWN', 'not_found', 'no server is registered under this name')
  }
}

/** A mode is either for one thing, by its key, or for all of a kind that are in one state. */
export class CatalogModeInvalid extends SallyportError {
  constructor() {
    super('SP_CATALOG_MODE_INVALID', 'invalid', 'a mode is either for one key or for one status')
  }
}
