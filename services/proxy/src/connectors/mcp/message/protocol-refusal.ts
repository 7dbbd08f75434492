import type { ProtocolRefusal } from '../../../domain/protocol-refusal.ts'

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
