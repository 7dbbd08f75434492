import { ProtocolVersionUnsupported } from './faults.ts'

/** The revisions with an initialize handshake, which this proxy speaks. */
export const PROTOCOL_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05']

/** Reads `MCP-Protocol-Version`; null where there is none, and for a revision that this proxy does not speak. */
export function protocolVersionOf(header: string | undefined): string | null {
  return header !== undefined && PROTOCOL_VERSIONS.includes(header) ? header : null
}

/**
 * Throws ProtocolVersionUnsupported for a header that names any other revision. A stateless one (2026-07-28) is
 * refused even where the upstream speaks it: its mirrored headers are not passed on, and clients fall back to a
 * handshake.
 */
export function checkProtocolVersion(header: string | undefined): void {
  if (header !== undefined && protocolVersionOf(header) === null)
    throw new ProtocolVersionUnsupported(PROTOCOL_VERSIONS)
}
