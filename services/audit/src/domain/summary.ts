/** How many actions had which verdict. */
export interface VerdictCounts {
  readonly allow: number
  readonly deny: number
  readonly hold: number
}

export interface Summary {
  readonly since: string
  readonly until: string
  readonly intervalMs: number
  readonly totals: VerdictCounts & { readonly undecodable: number }
  readonly durationMs: Percentiles
  readonly holdMs: Percentiles
  readonly actions: NamedCounts[]
  readonly gateways: NamedCounts[]
  readonly buckets: (VerdictCounts & { readonly at: string })[]
}

export interface Percentiles {
  readonly p50: number | null
  readonly p95: number | null
}

export type NamedCounts = VerdictCounts & { readonly name: string; readonly total: number }
