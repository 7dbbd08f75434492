import { decodeJson, decodeMessage, isJsonObject, type Message, type Response } from '@sallyport/jsonrpc'
import type { Call } from '../domain/call.ts'
import type { Completion } from '../domain/records.ts'

export type AnswerOutcome = Pick<Completion, 'outcome' | 'errorCode'>

export const OK: AnswerOutcome = { outcome: 'ok', errorCode: null }

export interface ReadAnswer {
  readonly canonical: string
  readonly outcome: AnswerOutcome
  /** Null for JSON that answers what was not JSON-RPC. */
  readonly message: Message | null
}

/** Reads a JSON answer as strictly as a request. Throws the decoder's errors, or when it answers something else. */
export function readAnswer(call: Call, body: Buffer, maxBytes: number): ReadAnswer {
  if (call.kind === 'unknown')
    return { canonical: decodeJson(body, { maxBytes }).canonical, outcome: OK, message: null }
  const message = decodeMessage(body, { maxBytes })
  if (!answers(message, call)) throw new Error('it is not the response to this request')
  return { canonical: message.canonical, outcome: outcomeOf(message), message }
}

/** The canonical text of an HTTP error's body; undefined for what is not strict JSON, of which nothing is passed on. */
export function readError(body: Buffer, mediaType: string, maxBytes: number): string | undefined {
  if (mediaType !== 'application/json') return undefined
  try {
    return decodeJson(body, { maxBytes }).canonical
  } catch {
    return undefined
  }
}

/** Whether the message ends this call. An error without an id answers the only request there is. */
export function answers(message: Message, call: Call): message is Response {
  if (message.kind !== 'response') return false
  return message.id === call.id || (message.id === null && 'error' in message)
}

export function outcomeOf(response: Response): AnswerOutcome {
  if ('error' in response) return { outcome: 'rpc_error', errorCode: response.error.code }
  const failed = isJsonObject(response.result) && response.result['isError'] === true
  return failed ? { outcome: 'tool_error', errorCode: null } : OK
}

/** An HTTP error of the upstream. That it offers no stream, or keeps no session to end, is none. */
export function errorOutcome(call: Call, status: number): AnswerOutcome {
  if (status === 405 && (call.kind === 'stream' || call.kind === 'session_end')) return OK
  return { outcome: 'upstream_error', errorCode: null }
}
