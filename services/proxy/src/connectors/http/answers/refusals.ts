import type { SallyportError } from '@sallyport/runtime'
import { denialFacts } from '../../../domain/denial-facts.ts'
import { unreadDenial } from '../../../domain/verdict.ts'
import type { Field } from '../headers/field.ts'
import type { HttpCall } from '../message/http-call.ts'
import { type OwnAnswer, problem } from './problems.ts'

const STATUSES: Readonly<Record<string, number>> = {
  SP_BODY_TOO_LARGE: 413,
  SP_BODY_TOO_SLOW: 408,
  SP_JSON_TOO_LARGE: 413,
  SP_METHOD_REFUSED: 405,
  SP_TOO_MANY_BYTES: 429,
  SP_TOO_MANY_CALLS: 429,
  SP_TOO_MANY_STREAMS: 429,
}

/** The field that RFC 9110, section 15.5.6, wants beside a 405. Others are passed on as well. */
const ALLOW: Field = ['allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS']

/** How a request is answered that was refused before it could be judged. */
export function refusalProblem(refusal: SallyportError, call: HttpCall): OwnAnswer {
  const { code, message: detail } = refusal
  const status = STATUSES[code] ?? 400
  const answer = problem(status, { detail, ...denialFacts(call, unreadDenial(refusal)) })
  return status === 405 ? { ...answer, fields: [...answer.fields, ALLOW] } : answer
}
