/**
 * What kind of failure it is: a caller decides by it what to do next (HTTP status, gRPC status, exit code).
 * `invalid` the input is wrong; `unauthenticated` no or bad credentials; `forbidden` known but not allowed;
 * `not_found`; `conflict` the state does not admit it; `exhausted` a limit was reached; `timeout`;
 * `unavailable` a part we need does not answer; `internal` a fault of ours.
 */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'exhausted'
  | 'timeout'
  | 'unavailable'
  | 'internal'

/**
 * The root of every error of ours. The class is for `catch`, the code (`SP_…`, listed in
 * docs/reference/errors.md) for operators, the cause for logs. A message never carries a secret or a payload.
 */
export class SallyportError extends Error {
  readonly code: string
  readonly kind: ErrorKind

  constructor(code: string, kind: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    this.kind = kind
  }
}

/** The message of anything thrown, for a log line or a reason; never its stack or its fields. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
