import { type Grant, grantAt } from '@sallyport/approval'
import { type ControlView, guardrailsInForce, rulings } from '@sallyport/control'
import { grantEnded } from './grant-ended.ts'

export interface GrantWatchOptions {
  readonly control: Pick<ControlView, 'state' | 'onChange'> & Partial<Pick<ControlView, 'fault'>>
  /** Those that are open now. */
  readonly open: () => Iterable<Grant>
  /** Appends the end. Rejects when the log did not take it. */
  readonly end: (grant: Grant, reason: string) => Promise<unknown>
}

export interface GrantWatch {
  /** To be called where a grant was given. */
  review(): void
  stop(): void
}

/**
 * Ends grants by name once something that they are bound to has changed. No call passes by such a grant in any case: this
 * is for whoever looks at the list. One is ended only after it was seen to be good, as this instance may have read less of
 * the control log than whoever asked for it.
 */
export function startGrantWatch({ control, open, end }: GrantWatchOptions): GrantWatch {
  const rulingOf = rulings(guardrailsInForce)
  const good = new Set<string>()

  const review = () => {
    if (control.fault?.() !== undefined) return
    const grants = [...open()]
    if (grants.length === 0) return good.clear()
    const state = control.state()
    const { policy } = rulingOf(state, 0)
    for (const grant of grants) {
      const reason = grantEnded(state, policy, grant)
      if (reason === undefined) good.add(grant.grantId)
      // Where the log does not take it, the next change tells it again.
      else if (good.has(grant.grantId)) end(grant, reason).catch(() => {})
    }
    const ids = new Set(grants.map(({ grantId }) => grantId))
    for (const id of good) if (!ids.has(id)) good.delete(id)
  }
  const forget = control.onChange(review)
  return { review, stop: forget }
}

/** Those that are open at `now`, RFC 3339. */
export function* openOf(grants: Iterable<Grant>, now: string): Iterable<Grant> {
  for (const grant of grants) if (grantAt(grant, now).status === 'open') yield grant
}
