import type { Client } from '../../../domain/action.ts'

/** The content of a sealed `Mcp-Session-Id`. It lets any proxy of the fleet go on with the session. */
export interface Session {
  /** The name of the session here while it lives: the first id that the upstream gave. */
  readonly id: string
  /** The upstream's id of it. */
  readonly upstreamId: string
  readonly gatewayId: string
  readonly upstream: string
  /** The registration that the session belongs to: another server under the same name is refused. */
  readonly upstreamDigest: string
  readonly protocolVersion: string | null
  readonly client: Client | null
  /** Canonical text of what the client said in its handshake, to repeat it should the upstream lose the session; null when it was too long to carry. */
  readonly initialize: string | null
  /** The proxy that keeps what the session needs, by its address in the fleet; null where any proxy can go on with it. */
  readonly owner: string | null
  /** Where an HTTP+SSE upstream (2024-11-05) takes what is posted in this session; null with every other transport. */
  readonly endpoint: string | null
  /** First 16 hex digits of the SHA-256 of the upstream's id: the name of the session in events. */
  readonly label: string
}
