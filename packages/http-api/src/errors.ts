import { SallyportError } from '@sallyport/runtime'

/** The request breaks the schema of its route; the message says where. */
export class RequestInvalid extends SallyportError {
  constructor(what: string, options?: ErrorOptions) {
    super('SP_REQUEST_INVALID', 'invalid', what, options)
  }
}

/** The request's body is larger than the API takes. */
export class BodyTooLarge extends SallyportError {
  constructor() {
    super('SP_BODY_TOO_LARGE', 'invalid', 'the body is larger than 1 MiB')
  }
}

/** The request's body is of a type the route does not read. */
export class MediaTypeUnsupported extends SallyportError {
  constructor() {
    super('SP_MEDIA_TYPE_UNSUPPORTED', 'invalid', 'the body must be application/json')
  }
}

/** No bearer token came with the request, or one that is unknown or revoked. */
export class Unauthenticated extends SallyportError {
  constructor(given: boolean) {
    super(
      'SP_UNAUTHENTICATED',
      'unauthenticated',
      given ? 'the token is unknown or revoked' : 'a bearer token is required',
    )
  }
}

/** The token is good, but no role of its holder reaches this route. */
export class Forbidden extends SallyportError {
  constructor(roles: readonly string[]) {
    super('SP_FORBIDDEN', 'forbidden', `this takes the role ${roles.join(' or ')}`)
  }
}

/**
 * The request came through a Sallyport proxy, so an agent makes it, with whatever token. Agents answer no approvals and
 * change nothing of what governs them.
 */
export class AgentRefused extends SallyportError {
  constructor() {
    super('SP_AGENT_REFUSED', 'forbidden', 'an agent that Sallyport governs may not write here')
  }
}

/** A page of another origin makes the request, and the browser added the cookie of the session to it. */
export class CrossSite extends SallyportError {
  constructor() {
    super(
      'SP_CROSS_SITE',
      'forbidden',
      'a session is for the pages of this server alone; send a bearer token',
    )
  }
}

/** There is no such thing, or no such route. */
export class NotFound extends SallyportError {
  constructor(what = 'there is nothing at this address') {
    super('SP_NOT_FOUND', 'not_found', what)
  }
}

/** The state of the thing does not admit what was asked: it exists already, was answered, has ended. */
export class Conflict extends SallyportError {
  constructor(what: string) {
    super('SP_CONFLICT', 'conflict', what)
  }
}

/** The cursor was not made by this list. */
export class CursorInvalid extends SallyportError {
  constructor(options?: ErrorOptions) {
    super('SP_CURSOR_INVALID', 'invalid', 'the cursor was not made by this list', options)
  }
}

/** The Idempotency-Key header is not 1 to 255 visible ASCII characters. */
export class IdempotencyKeyInvalid extends SallyportError {
  constructor() {
    super(
      'SP_IDEMPOTENCY_KEY_INVALID',
      'invalid',
      'the Idempotency-Key must be 1 to 255 visible ASCII characters',
    )
  }
}

/** The Idempotency-Key was used before for another request. */
export class IdempotencyMismatch extends SallyportError {
  constructor() {
    super('SP_IDEMPOTENCY_MISMATCH', 'invalid', 'this Idempotency-Key was used before for another request')
  }
}

/** The Host header names none of this server's hosts, as in a DNS-rebinding attack. */
export class HostNotAllowed extends SallyportError {
  constructor() {
    super('SP_HOST_NOT_ALLOWED', 'forbidden', 'the Host header names none of the hosts of this server')
  }
}

/** The state of tokens may be stale, so nobody can be authenticated. */
export class ControlUnavailable extends SallyportError {
  constructor(fault: string) {
    super('SP_CONTROL_UNAVAILABLE', 'unavailable', `control state is not usable: ${fault}`)
  }
}

/** A fault of ours; its cause is in the server's own log. */
export class InternalFault extends SallyportError {
  constructor(options?: ErrorOptions) {
    super('SP_INTERNAL', 'internal', 'a fault in Sallyport; its log has the cause', options)
  }
}

/** The token has as many event streams open as it may have. */
export class TooManyStreams extends SallyportError {
  constructor(max: number) {
    super(
      'SP_TOO_MANY_STREAMS',
      'exhausted',
      `this token has ${max} event streams open and may not have more`,
    )
  }
}
