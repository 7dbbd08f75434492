import {
  decodeAnswer,
  decodeAnswerSteps,
  decodeJson,
  isJsonObject,
  type JsonLimits,
  type Message,
  type Response,
  replaceMember,
  withoutMark,
} from '@sallyport/jsonrpc'
import { UpstreamAnswerInvalid } from '../../../domain/upstream-faults.ts'
import type { AnswerOutcome } from '../../../governing/record/forwarding-record.ts'
import type { Steps } from '../../../reaching/in-turns.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'

export const OK: AnswerOutcome = { outcome: 'ok', errorCode: null }

export interface ReadAnswer {
  readonly canonical: string
  readonly outcome: AnswerOutcome
  /** Null for JSON that answers what was not JSON-RPC. */
  readonly message: Message | null
}

/** Reads a JSON answer as strictly as a request. Throws the decoder's errors, or when it answers something else. */
export function readAnswer(exchange: McpExchange, body: Buffer, limits: JsonLimits): ReadAnswer {
  if (exchange.call.kind === 'unknown')
    return { canonical: decodeJson(withoutMark(body), limits).canonical, outcome: OK, message: null }
  return answerIn(exchange, decodeAnswer(body, limits))
}

/** The same in steps, for an answer of megabytes. */
export function* readAnswerSteps(exchange: McpExchange, body: Buffer, limits: JsonLimits): Steps<ReadAnswer> {
  if (exchange.call.kind === 'unknown') return readAnswer(exchange, body, limits)
  return answerIn(exchange, yield* decodeAnswerSteps(body, limits))
}

/** The same for a message that is decoded already. */
export function answerIn(exchange: McpExchange, message: Message): ReadAnswer {
  if (!answers(message, exchange)) throw new UpstreamAnswerInvalid('it is not the response to this request')
  return { canonical: message.canonical, outcome: outcomeOf(message), message }
}

/**
 * The canonical text of an HTTP error's body, with the client's id where it names the request; undefined for what is
 * not strict JSON, of which nothing is passed on.
 */
export function readError(
  { call, upstreamId }: McpExchange,
  body: Buffer,
  mediaType: string,
  limits: JsonLimits,
): string | undefined {
  if (mediaType !== 'application/json') return undefined
  try {
    const { value, canonical } = decodeJson(withoutMark(body), limits)
    const names = upstreamId !== null && isJsonObject(value) && value['id'] === upstreamId
    return names ? replaceMember(canonical, ['id'], JSON.stringify(call.id)) : canonical
  } catch {
    return undefined
  }
}

/** Whether the message ends this request. An error without an id answers the only one there is. */
export function answers(message: Message, { call, upstreamId }: McpExchange): message is Response {
  if (message.kind !== 'response' || call.kind !== 'request') return false
  return message.id === upstreamId || (message.id === null && 'error' in message)
}

export function outcomeOf(response: Response): AnswerOutcome {
  if ('error' in response) return { outcome: 'rpc_error', errorCode: response.error.code }
  const failed = isJsonObject(response.result) && response.result['isError'] === true
  return failed ? { outcome: 'tool_error', errorCode: null } : OK
}

/**
 * An HTTP error of the upstream. A 405 to the opening of a stream or the end of a session is not an error: the upstream
 * offers no stream, or keeps no session.
 */
export function errorOutcome({ call }: McpExchange, status: number): AnswerOutcome {
  if (status === 405 && (call.kind === 'stream' || call.kind === 'session_end')) return OK
  return { outcome: 'upstream_error', errorCode: null }
}
