import type { Client } from '../../../domain/action.ts'

/** What a sealed `Mcp-Session-Id` carries, so that any proxy of the fleet can go on with the session. */
export interface Session {
  /** What the session is called here for as long as it lives: the first id the upstream gave. */
  readonly id: string
  /** The upstream's id of it. */
  readonly upstreamId: string
  readonly gatewayId: string
  readonly upstream: string
  /** What was registered under that name: the session is with that server and no other. */
  readonly upstreamDigest: string
  readonly protocolVersion: string | null
  readonly client: Client | null
  /** Canonical text of what the client said in its handshake, to repeat it should the upstream lose the session; null when it was too long to carry. */
  readonly initialize: string | null
  /** The proxy that keeps what the session needs, by its address in the fleet; null where any proxy can go on with it. */
  readonly owner: string | null
  /** Where an HTTP+SSE upstream (2024-11-05) takes what is posted in this session; null with every other transport. */
  readonly endpoint: string | null
  /** First 16 hex of the SHA-256 of the upstream's id: what events call the session. */
  readonly label: string
}
