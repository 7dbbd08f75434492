import type { JsonArray, JsonObject, JsonValue } from './json-value.ts'
import type { RefusedEntry } from './refused-entry.ts'

export type RequestId = string | number

export interface Decoded {
  /** The text that is forwarded: the whole message, canonical, never the bytes received. */
  readonly canonical: string
  readonly value: JsonObject
  /** Set where a number in `value` is not written as in `canonical`. */
  readonly rounded?: true
}

export interface Request extends Decoded {
  readonly kind: 'request'
  readonly id: RequestId
  readonly method: string
  readonly params?: JsonObject | JsonArray
}

export interface Notification extends Decoded {
  readonly kind: 'notification'
  readonly method: string
  readonly params?: JsonObject | JsonArray
}

export interface RpcError {
  readonly code: number
  readonly message: string
  readonly data?: JsonValue
}

export interface ResultResponse extends Decoded {
  /** The entries of its list that were left out of it, as they cannot be read without doubt. */
  readonly refused?: readonly RefusedEntry[]
  readonly kind: 'response'
  readonly id: RequestId
  readonly result: JsonValue
}

export interface ErrorResponse extends Decoded {
  readonly kind: 'response'
  /** Null where the peer could not read the id of what it answers. */
  readonly id: RequestId | null
  readonly error: RpcError
}

export type Response = ResultResponse | ErrorResponse
export type Message = Request | Notification | Response

/** Only at revision 2025-03-26; each message is judged and one refusal refuses all. */
export interface Batch {
  readonly kind: 'batch'
  readonly messages: readonly Message[]
  readonly canonical: string
}

/** A tools/call as decodeMessage lets it pass. */
export interface ToolCall extends Request {
  readonly method: 'tools/call'
  readonly params: JsonObject & { readonly name: string; readonly arguments?: JsonObject }
}

export function isToolCall(message: Message): message is ToolCall {
  return message.kind === 'request' && message.method === 'tools/call'
}

const USUAL_PARAMS: ReadonlySet<string> = new Set(['name', 'arguments', '_meta'])

/**
 * Whether a tools/call has more parameters than the tool and its arguments: `task` of 2025-11-25, or one that only its
 * server knows.
 */
export function asksMore({ params }: ToolCall): boolean {
  return Object.keys(params).some((key) => !USUAL_PARAMS.has(key))
}
