/** One thing that an upstream offers, as the API tells it. */
export interface Offered {
  readonly upstream: string
  readonly kind: string
  readonly key: string
  readonly status: string
  readonly mode: string
  readonly accepted: string | null
  readonly offered: string | null
  readonly since: string
  /** Why what is listed now is refused: the rule that it breaks, and the place. */
  readonly refused: string | null
}

export interface Differing extends Offered {
  readonly differences: readonly Difference[]
  readonly complete: boolean
}

/** `before` and `after` are JSON texts. */
export interface Difference {
  readonly place: string
  readonly before: string | null
  readonly after: string | null
}
