import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js'
import { type ErrorKind, SallyportError, tlsRefusal } from '@sallyport/runtime'
import { RemoteError, RemoteFailed, RemoteTimeout, RemoteUnavailable } from './errors.ts'

/** Trailing metadata that carries our code beside the gRPC status. */
const CODE_KEY = 'sallyport-code'
const CODE = /^SP_[A-Z0-9_]{1,60}$/

const STATUS_OF_KIND: Readonly<Record<ErrorKind, status>> = {
  invalid: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  not_found: status.NOT_FOUND,
  conflict: status.FAILED_PRECONDITION,
  exhausted: status.RESOURCE_EXHAUSTED,
  timeout: status.DEADLINE_EXCEEDED,
  unavailable: status.UNAVAILABLE,
  internal: status.INTERNAL,
}

const KIND_OF_STATUS: Readonly<Record<number, ErrorKind>> = Object.fromEntries(
  Object.entries(STATUS_OF_KIND).map(([kind, code]) => [code, kind as ErrorKind]),
)

/** The gRPC status of anything a handler threw; of an unexpected error nothing shows but that it happened. */
export function statusOf(thrown: unknown): Partial<StatusObject> {
  if (!(thrown instanceof SallyportError)) return { code: status.INTERNAL, details: 'an unexpected fault' }
  const metadata = new Metadata()
  metadata.set(CODE_KEY, thrown.code)
  return { code: STATUS_OF_KIND[thrown.kind], details: thrown.message, metadata }
}

/**
 * The error behind a failed call. Where the service sent our code, it is the error that the service threw. Otherwise
 * it is what gRPC says; a deadline or a cut call counts as `unavailable`, because it can be tried again.
 */
export function errorOf(failure: ServiceError): SallyportError {
  const [code] = failure.metadata?.get(CODE_KEY) ?? []
  const kind = KIND_OF_STATUS[failure.code]
  if (typeof code === 'string' && CODE.test(code))
    return new RemoteError(code, kind ?? 'internal', failure.details, { cause: failure })
  switch (failure.code) {
    case status.UNAVAILABLE:
    case status.CANCELLED:
      return new RemoteUnavailable(reasonOf(failure), { cause: failure })
    case status.DEADLINE_EXCEEDED:
      return new RemoteTimeout({ cause: failure })
    default:
      return new RemoteFailed(status[failure.code] ?? 'unknown', { cause: failure })
  }
}

function reasonOf(failure: ServiceError): string {
  const tls = tlsRefusal(failure)
  return tls === undefined ? 'no connection' : `TLS failed: ${tls} (SALLYPORT_GRPC_CA, SALLYPORT_GRPC_CERT)`
}
