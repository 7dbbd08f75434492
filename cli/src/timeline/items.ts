import type { Outcome } from '@sallyport/policy/words'

/** A line of the log as the API gives it. */
export type TimelineItem = DecidedLine | AdminLine | UnreadLine

/** A decision, with what came of it once it is known. */
export interface DecidedLine {
  readonly kind: 'action'
  readonly actionId: string
  readonly at: string
  readonly gateway: string
  readonly upstream: string
  readonly action: string
  readonly verdict: Outcome
  readonly rule: string
  readonly decisionMs: number
  readonly durationMs: number | null
  readonly outcome: string | null
  readonly answeredBy: string | null
  readonly fault: string | null
  /** Recorded after the fact: the log could not be written when it was decided. */
  readonly late?: boolean
  readonly holdEnd: HoldEnd | null
  readonly arguments: unknown
}

/** What has become of the approval that a held action asked for. */
export interface HoldEnd {
  readonly status: string
  readonly by: string | null
  readonly at: string | null
  readonly reason: string | null
}

/** What somebody administered. */
export interface AdminLine {
  readonly kind: 'admin'
  readonly eventId: string
  readonly at: string
  readonly by: { readonly type: string; readonly name: string }
  /** The event's type without its version, such as `permission.set`. */
  readonly act: string
  readonly gateway: string | null
  readonly summary: string
  readonly reason: string | null
  /** `rejected` and `repeated` changed nothing; null where nobody remembers. */
  readonly effect: string | null
  readonly rejection: string | null
}

/** A record that this release cannot read, or that is not an event of ours. Nothing in it is taken for true. */
export interface UnreadLine {
  readonly kind: 'undecodable'
  readonly eventId: string
  readonly at: string
  readonly undecodable: {
    readonly topic: string
    readonly partition: number
    readonly offset: number
    readonly reason: string
  }
}
