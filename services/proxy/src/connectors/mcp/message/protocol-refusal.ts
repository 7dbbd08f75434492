import type { JsonObject } from '@sallyport/jsonrpc'

/** A message breaks the rules of its revision, and what the specification answers it with. */
export interface ProtocolRefusal {
  /** 200 where the specification answers within the protocol and not by HTTP. */
  readonly status: 200 | 400 | 404
  readonly code: number
  /** For the sender and for the record: never what was sent. */
  readonly message: string
  readonly data?: JsonObject
}

/** Codes of MCP 2026-07-28 beside those of JSON-RPC. */
export const MCP_CODES = {
  headerMismatch: -32_020,
  missingCapability: -32_021,
  unsupportedVersion: -32_022,
} as const

/** Header and body disagree (MCP 2026-07-28, Streamable HTTP, Server Validation). */
export function headerMismatch(header: string, what: string): ProtocolRefusal {
  const message = `the ${header} header ${what}`
  return { status: 400, code: MCP_CODES.headerMismatch, message, data: { mismatch: { header } } }
}
