import { decodeJson, isJsonObject } from '@sallyport/jsonrpc'

/**
 * Whether this answer says that the upstream does not know the session: 404 (MCP 2025-11-25, Session Management), or
 * what servers made by the SDK's examples say instead, 400 with an error that speaks of sessions. Neither is given
 * to a request that was carried out.
 */
export function saysSessionLost(status: number, body: Uint8Array, maxBytes: number): boolean {
  if (status === 404) return true
  if (status !== 400) return false
  try {
    const { value } = decodeJson(body, { maxBytes })
    const error = isJsonObject(value) ? value['error'] : undefined
    if (!isJsonObject(error) || error['code'] !== -32_000) return false
    return /session|not initialized/i.test(String(error['message']))
  } catch {
    return false
  }
}
