/**
 * The authorization that an agent brings for the upstream itself. It passes only for an upstream that is registered
 * with `passthrough`. It goes to that upstream and nowhere else, and is in no record.
 */
export interface AgentAuthorization {
  /** The header's value; null where the agent has none yet. */
  readonly header: string | null
  /** Where the agent learns how to get one: the upstream's metadata as it is for clients of the proxy (RFC 9728). */
  readonly metadataUrl: string
}
