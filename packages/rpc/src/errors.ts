import { SallyportError } from '@sallyport/runtime'

/** A service answered a gRPC call with an error of ours; code, kind and message are those it threw. */
export class RemoteError extends SallyportError {}

/** No instance of a service can be reached over gRPC, or the call was cut. */
export class RemoteUnavailable extends SallyportError {
  constructor(why: string, options?: ErrorOptions) {
    super('SP_REMOTE_UNAVAILABLE', 'unavailable', `the service cannot be reached: ${why}`, options)
  }
}

/** A service did not answer a gRPC call within its deadline. */
export class RemoteTimeout extends SallyportError {
  constructor(options?: ErrorOptions) {
    super('SP_REMOTE_TIMEOUT', 'unavailable', 'the service did not answer in time', options)
  }
}

/** A gRPC call failed in a way that none of our services answers. */
export class RemoteFailed extends SallyportError {
  constructor(status: string, options?: ErrorOptions) {
    super('SP_REMOTE_FAILED', 'internal', `the service answered with gRPC status ${status}`, options)
  }
}

/** A service's answer to a gRPC call could not be read as one. */
export class AnswerUnreadable extends SallyportError {
  constructor(options?: ErrorOptions) {
    super(
      'SP_REMOTE_ANSWER_UNREADABLE',
      'internal',
      'the service gave an answer that cannot be read',
      options,
    )
  }
}

/** A gRPC request lacks a part it must have, or a part cannot be read. */
export class RequestUnreadable extends SallyportError {
  constructor(options?: ErrorOptions) {
    super('SP_REMOTE_REQUEST_UNREADABLE', 'invalid', 'the request cannot be read', options)
  }
}

/** A gRPC call came without the bearer that our services ask of each other. */
export class InternalTokenRefused extends SallyportError {
  constructor() {
    super('SP_INTERNAL_TOKEN_REFUSED', 'unauthenticated', 'the internal bearer is missing or wrong')
  }
}

/** The gRPC server cannot listen on its address. */
export class ListenFailed extends SallyportError {
  constructor(address: string, options?: ErrorOptions) {
    super('SP_GRPC_LISTEN_FAILED', 'unavailable', `gRPC cannot listen on ${address}`, options)
  }
}
