import type { JsonObject, JsonValue } from './json-value.ts'
import type { RequestId } from './message.ts'

/** The codes of JSON-RPC 2.0 section 5.1. Codes of our own stay outside -32768..-32000. */
export const RPC_CODES = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
} as const

/** Canonical text of an error response; id null where the request's could not be read. */
export function errorResponse(id: RequestId | null, code: number, message: string, data?: JsonValue): string {
  const error = data === undefined ? { code, message } : { code, message, data }
  return JSON.stringify({ jsonrpc: '2.0', id, error })
}

/** Canonical text of a result response. */
export function resultResponse(id: RequestId, result: JsonValue): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result })
}

/**
 * Canonical text of a tools/call result with `isError`, which every client shows its model at once. `members` are
 * what the results of a revision have beside that.
 */
export function toolError(id: RequestId, text: string, meta?: JsonObject, members: JsonObject = {}): string {
  const result = { ...members, content: [{ type: 'text', text }], isError: true }
  return resultResponse(id, meta === undefined ? result : { ...result, _meta: meta })
}
