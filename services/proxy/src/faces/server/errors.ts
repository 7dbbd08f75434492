import { SallyportError } from '@sallyport/runtime'

/** The Host header names somebody else: a page whose name was rebound to this address. */
export class HostRefused extends SallyportError {
  constructor() {
    super('SP_HOST_REFUSED', 'forbidden', 'this Host is not let in')
  }
}

/** A web page of another origin calls the proxy. */
export class OriginRefused extends SallyportError {
  constructor() {
    super('SP_ORIGIN_REFUSED', 'forbidden', 'this Origin is not let in')
  }
}

/** No bearer token came with the request, or one that is unknown or revoked. */
export class GatewayUnknown extends SallyportError {
  constructor() {
    super('SP_UNAUTHENTICATED', 'unauthenticated', 'a valid gateway token is required as a bearer token')
  }
}

/** The path names no registered upstream of the connector that it is for. */
export class UpstreamUnknown extends SallyportError {
  constructor() {
    super('SP_UPSTREAM_UNKNOWN', 'not_found', 'no upstream is registered under this name for this path')
  }
}

/** MCP has no use for this HTTP method. */
export class MethodNotAllowed extends SallyportError {
  constructor() {
    super('SP_METHOD_NOT_ALLOWED', 'invalid', 'the endpoint takes POST, GET and DELETE')
  }
}

/** The request broke the rules of HTTP or came too slowly. */
export class RequestUnreadable extends SallyportError {
  constructor(options?: ErrorOptions) {
    super('SP_REQUEST_UNREADABLE', 'invalid', 'the request cannot be read', options)
  }
}

/** The path is for `sallyport mcp`, which asks there for a WebSocket with Sallyport's subprotocol. */
export class UpgradeRequired extends SallyportError {
  constructor() {
    super('SP_UPGRADE_REQUIRED', 'invalid', 'only sallyport mcp connects here')
  }
}

/** The proxy reaches the upstream of this name by itself. A wrapper cannot attach a server to it. */
export class NotForWrappers extends SallyportError {
  constructor() {
    super('SP_NOT_FOR_WRAPPERS', 'conflict', 'the upstream of this name is not one that sallyport mcp runs')
  }
}

/** The wrapper runs another command than the one registered under this name, to which permissions and approvals belong. */
export class CommandOther extends SallyportError {
  constructor() {
    super('SP_COMMAND_OTHER', 'conflict', 'another command is registered under this name')
  }
}
