import type { AnswerPhase } from '../../../governing/answer-phases.ts'
import { PASS_ANSWER } from '../../../governing/answer-phases.ts'
import type { HttpExchange } from '../exchange/http-exchange.ts'
import type { Field } from '../headers/field.ts'
import { responseFields } from '../headers/response-fields.ts'
import { upstreamPath } from '../target/upstream-target.ts'

/** An answer over HTTP comes in parts: its head, pieces of its body however they arrive, and its end. */
export type HttpAnswerPart =
  | { readonly kind: 'head'; readonly status: number; readonly fields: readonly Field[] }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'end'; readonly trailers: readonly Field[] }

type HttpAnswerPhase = AnswerPhase<HttpExchange, HttpAnswerPart>

/** What the agent is told of the upstream's header fields, and of its addresses. */
const REWRITE_FIELDS: HttpAnswerPhase = {
  name: 'rewrite fields',
  pass({ call }, part) {
    if (part.kind === 'bytes') return PASS_ANSWER
    const { target } = call.upstream
    const registered = target.kind === 'http' ? target.url : ''
    const answered = {
      registered,
      requested: upstreamPath(registered, call.target),
      mount: `/http/${call.upstream.name}`,
    }
    return {
      step: 'change',
      part:
        part.kind === 'head'
          ? { ...part, fields: framed(part.status, responseFields(part.fields, answered)) }
          : { ...part, trailers: responseFields(part.trailers, answered) },
    }
  },
}

/** A 204 has no content and no length (RFC 9110, section 8.6): a client that believed one would wait for bytes of the next answer. */
function framed(status: number, fields: readonly Field[]): readonly Field[] {
  return status === 204 ? fields.filter(([name]) => name !== 'content-length') : fields
}

/** In their order. */
export const HTTP_ANSWER_PHASES: readonly HttpAnswerPhase[] = [REWRITE_FIELDS]
