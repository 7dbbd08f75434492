import { type ErrorKind, SallyportError } from '@sallyport/runtime'
import type { FastifyError, FastifySchemaValidationError } from 'fastify'
import { Type } from 'typebox'
import { BodyTooLarge, InternalFault, MediaTypeUnsupported, RequestInvalid } from './errors.ts'

/** RFC 9457. `code` is the `SP_…` code; `type` is always `about:blank`. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
  },
  { title: 'Problem' },
)

export type Problem = {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
}

const STATUS: Record<ErrorKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  exhausted: 429,
  timeout: 504,
  unavailable: 503,
  internal: 500,
}

/** Where HTTP knows a finer status than the kind of the error gives. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  SP_BODY_TOO_LARGE: 413,
  SP_MEDIA_TYPE_UNSUPPORTED: 415,
  SP_HOST_NOT_ALLOWED: 421,
  SP_IDEMPOTENCY_MISMATCH: 422,
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'The body is too large',
  415: 'The media type is not supported',
  421: 'Not a host of this server',
  422: 'The request cannot be processed',
  429: 'Too many requests',
  500: 'Internal fault',
  503: 'Not available',
  504: 'No answer in time',
}

/** What a thrown error is to a caller. Of an unexpected one nothing shows but that it happened. */
export function problemOf(error: SallyportError): Problem {
  const status = STATUS_OF_CODE[error.code] ?? STATUS[error.kind]
  const detail = error.kind === 'internal' ? new InternalFault().message : error.message
  return { type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail, code: error.code }
}

/** Anything a route or Fastify itself threw, as one of our errors. */
export function asSallyportError(thrown: unknown): SallyportError {
  if (thrown instanceof SallyportError) return thrown
  const error = thrown as Partial<FastifyError> | null
  if (error?.validation) return new RequestInvalid(faultsOf(error))
  if (error?.statusCode === 413) return new BodyTooLarge()
  if (error?.statusCode === 415) return new MediaTypeUnsupported()
  if (error?.code?.startsWith('FST_') && error.statusCode !== undefined && error.statusCode < 500)
    return new RequestInvalid('the request cannot be read', { cause: thrown })
  return new InternalFault({ cause: thrown })
}

function faultsOf(error: Partial<FastifyError>): string {
  const place = error.validationContext ?? 'request'
  const faults = (error.validation ?? []).map((fault) => {
    const field = fault.instancePath.slice(1).replaceAll('/', '.')
    return `${field || place} ${wordsOf(fault)}`
  })
  return [...new Set(faults)].slice(0, 8).join('; ').slice(0, 1000)
}

function wordsOf({ message, params }: FastifySchemaValidationError): string {
  const allowed = params['allowedValues']
  if (Array.isArray(allowed)) return `must be one of ${allowed.join(', ')}`
  return message === 'schema is false' ? 'is not known here' : (message ?? 'is not valid')
}
