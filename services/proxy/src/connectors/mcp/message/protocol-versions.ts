import { ProtocolVersionUnsupported } from '../../../domain/faults.ts'

/** The revisions with an initialize handshake. */
export const HANDSHAKE_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05']
/** The revisions without one, where every request says for itself what it is. */
export const STATELESS_VERSIONS: readonly string[] = ['2026-07-28']

/** The one revision with batches. */
export const BATCH_REVISION = '2025-03-26'

const FIRST_STATELESS = '2026-07-28'

/** Whether a revision is of the era without a handshake, also one that this proxy does not speak yet. */
export function isStatelessVersion(version: string): boolean {
  return version >= FIRST_STATELESS
}

export function isKnownVersion(version: string): boolean {
  return HANDSHAKE_VERSIONS.includes(version) || STATELESS_VERSIONS.includes(version)
}

/** Throws ProtocolVersionUnsupported for an `MCP-Protocol-Version` that names no revision with a handshake. */
export function checkHandshakeVersion(header: string | null): void {
  if (header !== null && !HANDSHAKE_VERSIONS.includes(header))
    throw new ProtocolVersionUnsupported([...STATELESS_VERSIONS, ...HANDSHAKE_VERSIONS])
}
