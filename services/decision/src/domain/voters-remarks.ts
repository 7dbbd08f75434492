import type { ControlState } from '@sallyport/control'
import type { ApprovalTerms } from '@sallyport/policy'

type Known = Pick<ControlState, 'persons'>
type Asked = Pick<ApprovalTerms, 'stages' | 'fallback'>

/** Remarks on terms that ask for people who are not there: for groups that nobody is in, and for persons who are gone or renamed. */
export function votersRemarks(state: Known, terms: Asked): string[] {
  const named = [...terms.stages.flatMap(({ of }) => of), ...terms.fallback]
  return [...groupsRemark(state, named), ...personsRemarks(state, named)]
}

type Named = Asked['fallback']

function groupsRemark({ persons }: Known, named: Named): string[] {
  const there = new Set([...persons.values()].flatMap(({ groups }) => groups))
  const groups = named.filter(({ kind }) => kind === 'group').map(({ name }) => name)
  const empty = [...new Set(groups)].filter((name) => !there.has(name))
  if (empty.length === 0) return []
  const which = empty.length === 1 ? 'group' : 'the groups'
  return [`nobody is in ${which} ${empty.join(', ')}, so nobody can vote for that`]
}

/** A stage is of the person of that id, whatever they are called now, and of nobody who has the name since. */
function personsRemarks({ persons }: Known, named: Named): string[] {
  const remarks = named.flatMap(({ kind, name, id }) => {
    if (kind !== 'person' || id === null) return []
    const now = persons.get(id)
    if (now === undefined) return [`person ${name} was removed, so nobody can vote for that`]
    return now.name === name ? [] : [`person ${name} is called ${now.name} now`]
  })
  return [...new Set(remarks)]
}
