import type { Approval } from '@sallyport/approval'
import { type ControlState, standingOf } from '@sallyport/control'
import { ANSWERERS, reaches } from '@sallyport/http-api'
import { type Candidate, unanswerable } from './domain/unanswerable.ts'

type Known = Pick<ControlState, 'tokens' | 'persons' | 'bots'>

/**
 * Everybody whose votes may count, each once: the holders of tokens, and people who sign in. Worked out once for each
 * state of them.
 */
export function candidatesOf(state: Known): readonly Candidate[] {
  const { tokens, persons, bots } = state
  if (last?.tokens === tokens && last.persons === persons && last.bots === bots) return last.candidates
  const candidates = new Map<string, Candidate>()
  for (const token of tokens.values()) {
    const standing = standingOf(state, token)
    if (standing && reaches(standing.reach, ANSWERERS) && !standing.limits?.advisory)
      candidates.set(standing.id, standing)
  }
  for (const { id, identity, roles, groups } of persons.values())
    if (identity !== null && reaches(roles, ANSWERERS))
      candidates.set(id, { id, personId: id, roles, groups })
  last = { tokens, persons, bots, candidates: [...candidates.values()] }
  return last.candidates
}

let last: (Known & { readonly candidates: readonly Candidate[] }) | undefined

/** Health is asked often, and the oldest are those that somebody should look after. */
const MOST_COUNTED = 1000

/** How many of the oldest thousand that are open nobody can approve as things are. */
export function countUnanswerable(open: Iterable<Approval>, state: Known): number {
  const candidates = candidatesOf(state)
  let looked = 0
  let count = 0
  for (const approval of open) {
    if (looked === MOST_COUNTED) break
    looked += 1
    if (unanswerable(approval, candidates) !== undefined) count += 1
  }
  return count
}
