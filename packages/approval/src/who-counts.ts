import { type Selector, selectorText, selects } from '@sallyport/policy'
import type { Approval, Voter } from './approval.ts'
import type { Rejection } from './rejection.ts'

const EXCLUDED = {
  owner: 'the owner of the gateway does not approve its calls',
  principal: 'nobody approves what an agent does for them',
  editor: 'whoever edited a call does not approve it',
} as const

type Voting = Pick<
  Approval,
  'stages' | 'stage' | 'fallback' | 'escalatedAt' | 'excluded' | 'editors' | 'votes'
>

/** The selector of the open stage for which a vote would count, or why none does. Nothing but the approval and the voter decide. */
export function countsAs(
  approval: Voting,
  voter: Voter,
): { readonly as: Selector } | { readonly rejection: Rejection } {
  const excluded = whyExcluded(approval, voter)
  if (excluded !== undefined) return rejected('forbidden', excluded)
  if (approval.editors.includes(voter.id)) return rejected('forbidden', `excluded: ${EXCLUDED.editor}`)
  const before = approval.votes.find((vote) => vote.voter.id === voter.id)
  if (before) return rejected('voted', `voted already: ${before.actor.name} at ${before.at}`)
  const selectors = openSelectors(approval)
  const as = selectors.find((selector) => selects(selector, voter))
  return as ? { as } : rejected('forbidden', `not in ${selectors.map(selectorText).join(' or ')}`)
}

/**
 * The selector for which a denial counts, of the open stage or of a later one: whoever would have to approve it later may
 * say at once that they will not.
 */
export function deniesAs(
  approval: Voting,
  voter: Voter,
): { readonly as: Selector } | { readonly rejection: Rejection } {
  const { stages, stage } = approval
  const open = countsAs(approval, voter)
  if ('as' in open || open.rejection.kind === 'voted') return open
  for (let later = stage + 1; later < stages.length; later += 1) {
    const counted = countsAs({ ...approval, stage: later }, voter)
    if ('as' in counted) return counted
  }
  return open
}

/** Why somebody may not edit the call. Those may whose votes it takes in one of its stages, and who are not excluded. */
export function mayEdit(approval: Voting, voter: Voter): Rejection | undefined {
  if (voter.advisory) return { kind: 'forbidden', reason: 'whoever only advises does not edit a call' }
  const excluded = whyExcluded(approval, voter)
  if (excluded !== undefined) return { kind: 'forbidden', reason: excluded }
  const selectors = [...approval.stages.flatMap(({ of }) => of), ...fallbackOf(approval)]
  if (selectors.some((selector) => selects(selector, voter))) return undefined
  return { kind: 'forbidden', reason: `not in ${selectors.map(selectorText).join(' or ')}` }
}

function whyExcluded({ excluded }: Pick<Approval, 'excluded'>, { personId }: Voter): string | undefined {
  const found = excluded.find((one) => one.personId === personId)
  return found && `excluded: ${EXCLUDED[found.why]}`
}

function fallbackOf({ escalatedAt, fallback }: Pick<Approval, 'escalatedAt' | 'fallback'>) {
  return escalatedAt === null ? [] : fallback
}

/** Those whose votes count now: of the open stage, and the fallback once it has escalated. */
export function openSelectors({
  stages,
  stage,
  ...rest
}: Pick<Approval, 'stages' | 'stage' | 'fallback' | 'escalatedAt'>): readonly Selector[] {
  return [...(stages[stage]?.of ?? []), ...fallbackOf(rest)]
}

function rejected(kind: Rejection['kind'], reason: string): { readonly rejection: Rejection } {
  return { rejection: { kind, reason } }
}
