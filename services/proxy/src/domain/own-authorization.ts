/**
 * What an agent brings for an upstream itself, where that upstream is registered so that it passes (`passthrough`).
 * It goes to that upstream and nowhere else, and is in no record.
 */
export interface OwnAuthorization {
  /** The header's value; null where the agent has none yet. */
  readonly header: string | null
  /** Where the agent learns how to get one: the upstream's metadata as it is for clients of the proxy (RFC 9728). */
  readonly metadataUrl: string
}
