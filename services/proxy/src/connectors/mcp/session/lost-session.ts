import { decodeJson, isJsonObject, withoutMark } from '@sallyport/jsonrpc'

const OF_SESSIONS = /session/i

/**
 * Whether this answer says that the upstream does not know the session: 404 (MCP 2025-11-25, Session Management).
 * Servers made after the SDK's examples answer 400 with an error that speaks of sessions. Neither is given to a request
 * that was carried out.
 */
export function saysSessionLost(status: number, body: Uint8Array, maxBytes: number): boolean {
  if (status === 404) return true
  if (status !== 400) return false
  try {
    const { value } = decodeJson(withoutMark(body), { maxBytes, prototypeKeys: true })
    const error = isJsonObject(value) ? value['error'] : undefined
    if (!isJsonObject(error) || error['code'] !== -32_000) return false
    const message = String(error['message'])
    return OF_SESSIONS.test(message) || /not initialized/i.test(message)
  } catch {
    return false
  }
}

/** The same of the answer to a GET: servers that offer no stream may have no such page, which is 404 as well. */
export function saysStreamsSessionLost(status: number, body: Buffer, maxBytes: number): boolean {
  if (status !== 404) return saysSessionLost(status, body, maxBytes)
  return body.length === 0 || OF_SESSIONS.test(body.toString())
}
