/**
 * The authorization that an agent brings for the upstream itself, and what else it says to that one alone. It passes only for an upstream that is registered
 * with `passthrough`. It goes to that upstream and nowhere else, and is in no record.
 */
export interface AgentAuthorization {
  /** The header's value; null where the agent has none yet. */
  readonly header: string | null
  /** The agent's header fields that the upstream is registered to get, as they came. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Where the agent learns how to get one: the upstream's metadata as it is for clients of the proxy (RFC 9728). */
  readonly metadataUrl: string
}
