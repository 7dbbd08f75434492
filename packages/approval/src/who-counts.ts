import { type Selector, selectorText, selects } from '@sallyport/policy'
import type { Approval, Voter } from './approval.ts'
import type { Rejection } from './rejection.ts'

const EXCLUDED = {
  owner: 'the owner of the gateway does not approve its calls',
  principal: 'nobody approves what an agent does for them',
  editor: 'whoever edited a call does not approve it',
} as const

/** The selector of the open stage for which a vote would count, or why none does. Nothing but the approval and the voter decide. */
export function countsAs(
  approval: Pick<Approval, 'stages' | 'stage' | 'fallback' | 'escalatedAt' | 'excluded' | 'votes'>,
  voter: Voter,
): { readonly as: Selector } | { readonly rejection: Rejection } {
  const excluded = approval.excluded.find(({ personId }) => personId === voter.personId)
  if (excluded) return rejected('forbidden', `excluded: ${EXCLUDED[excluded.why]}`)
  const before = approval.votes.find((vote) => vote.voter.id === voter.id)
  if (before) return rejected('voted', `voted already: ${before.actor.name} at ${before.at}`)
  const selectors = openSelectors(approval)
  const as = selectors.find((selector) => selects(selector, voter))
  return as ? { as } : rejected('forbidden', `not in ${selectors.map(selectorText).join(' or ')}`)
}

/** Those whose votes count now: of the open stage, and the fallback once it has escalated. */
export function openSelectors({
  stages,
  stage,
  fallback,
  escalatedAt,
}: Pick<Approval, 'stages' | 'stage' | 'fallback' | 'escalatedAt'>): readonly Selector[] {
  const of = stages[stage]?.of ?? []
  return escalatedAt === null ? of : [...of, ...fallback]
}

function rejected(kind: Rejection['kind'], reason: string): { readonly rejection: Rejection } {
  return { rejection: { kind, reason } }
}
