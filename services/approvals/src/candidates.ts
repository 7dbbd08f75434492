import { type ControlState, standingOf } from '@sallyport/control'
import { ANSWERERS, reaches } from '@sallyport/http-api'
import type { Candidate } from './domain/unanswerable.ts'

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
