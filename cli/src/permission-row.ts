/** A permission as the API tells it. */
export interface PermissionRow {
  readonly id: string
  readonly gateway: string
  /** The upstream's name; null where it is for a kind. */
  readonly upstream: string | null
  readonly connector: string
  readonly action: string
  readonly decision: string
  readonly origin: string
}
