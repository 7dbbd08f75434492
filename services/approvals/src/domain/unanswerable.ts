import type { Approval, Voter } from '@sallyport/approval'
import { type Selector, selectorText, selects } from '@sallyport/policy'

/** Somebody who may answer approvals at all. */
export type Candidate = Pick<Voter, 'id' | 'personId'> & {
  readonly roles: readonly string[]
  readonly groups: readonly string[]
}

type Asked = Pick<
  Approval,
  'status' | 'stages' | 'stage' | 'fallback' | 'escalateAt' | 'excluded' | 'editors' | 'votes'
>

interface Open {
  readonly number: number
  readonly need: number
  readonly of: readonly Selector[]
}

/**
 * Why nobody can approve it as things are: the stages that are left need more votes than there are people who have
 * one. Whoever votes in one stage has none for another. The fallback counts, as it will. Undefined where it can be approved.
 */
export function unanswerable(approval: Asked, candidates: readonly Candidate[]): string | undefined {
  if (approval.status !== 'pending') return undefined
  const { excluded, editors, votes } = approval
  const spent = excluded.length + editors.length + votes.length
  const left = openStages(approval)
  const [first] = left
  if (left.length === 1 && first && first.of.some(({ kind }) => kind === 'anyone'))
    if (candidates.length - spent >= first.need) return undefined
  const gone = new Set([...editors, ...votes.map(({ voter }) => voter.id)])
  const out = new Set(excluded.map(({ personId }) => personId))
  const able = candidates.filter(
    ({ id, personId }) => !gone.has(id) && !(personId !== null && out.has(personId)),
  )
  return shortage(left, able)
}

function openStages({ stages, stage, fallback, escalateAt, votes }: Asked): readonly Open[] {
  const others = escalateAt === null ? [] : fallback
  return stages.slice(stage).map(({ need, of }, index) => {
    const have = index === 0 ? votes.filter((vote) => vote.stage === stage).length : 0
    return { number: stage + index + 1, need: need - have, of: [...of, ...others] }
  })
}

/** By Hall's theorem: any of the stages together have as many voters as they need. The fewest that do not are named. */
function shortage(left: readonly Open[], able: readonly Candidate[]): string | undefined {
  const byStages = new Map<number, number>()
  for (const candidate of able) {
    const mask = left.reduce(
      (bits, { of }, at) => (of.some((one) => selects(one, candidate)) ? bits | (1 << at) : bits),
      0,
    )
    byStages.set(mask, (byStages.get(mask) ?? 0) + 1)
  }
  let worst: { readonly stages: readonly Open[]; readonly able: number } | undefined
  for (let set = 1; set < 1 << left.length; set += 1) {
    const stages = left.filter((_, at) => set & (1 << at))
    if (worst && worst.stages.length <= stages.length) continue
    const count = [...byStages].reduce((sum, [mask, number]) => (mask & set ? sum + number : sum), 0)
    if (count < stages.reduce((sum, { need }) => sum + need, 0)) worst = { stages, able: count }
  }
  return worst && shortageText(worst.stages, worst.able)
}

function shortageText(stages: readonly Open[], able: number): string {
  const asked = stages.map(
    ({ number, need, of }) => `stage ${number} needs ${need} of ${of.map(selectorText).join(' or ')}`,
  )
  const there = able === 0 ? 'nobody can vote for it' : `only ${able} can vote for it`
  return `${asked.join(' and ')}, and ${there}`
}
