import type { ControlState } from '@sallyport/control'
import type { ApprovalTerms } from '@sallyport/policy'

/** A remark where terms name groups that nobody is in: nobody votes for those. Null where somebody is in each. */
export function emptyGroupsRemark(
  { persons }: Pick<ControlState, 'persons'>,
  { stages, fallback }: Pick<ApprovalTerms, 'stages' | 'fallback'>,
): string | null {
  const there = new Set([...persons.values()].flatMap(({ groups }) => groups))
  const named = [...stages.flatMap(({ of }) => of), ...fallback].filter(({ kind }) => kind === 'group')
  const empty = [...new Set(named.map(({ name }) => name))].filter((name) => !there.has(name))
  if (empty.length === 0) return null
  return `nobody is in ${empty.length === 1 ? 'group' : 'the groups'} ${empty.join(', ')}, so nobody can vote for that`
}
