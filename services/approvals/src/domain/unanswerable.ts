import type { Approval, Voter } from '@sallyport/approval'
import type { BotLimits } from '@sallyport/control'
import { type Selector, selectorText, selects } from '@sallyport/policy'
import { mayVoteIn } from './bot-limits.ts'

/** Somebody who may answer approvals at all. */
export type Candidate = Pick<Voter, 'id' | 'personId'> & {
  readonly roles: readonly string[]
  readonly groups: readonly string[]
  /** Of a bot; null, or left out, of everybody else. */
  readonly limits?: BotLimits | null
}

type Asked = Pick<
  Approval,
  | 'gateway'
  | 'risk'
  | 'status'
  | 'stages'
  | 'stage'
  | 'fallback'
  | 'escalateAt'
  | 'excluded'
  | 'editors'
  | 'votes'
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
    if (unlimited(candidates) - spent >= first.need) return undefined
  const gone = new Set([...editors, ...votes.map(({ voter }) => voter.id)])
  const out = new Set(excluded.map(({ personId }) => personId))
  const able = candidates.filter(
    ({ id, personId }) => !gone.has(id) && !(personId !== null && out.has(personId)),
  )
  return shortage(approval, left, able)
}

/** How many of them have no limits. The same list is asked about for each of many approvals. */
function unlimited(candidates: readonly Candidate[]): number {
  const known = counts.get(candidates)
  if (known !== undefined) return known
  const count = candidates.filter(({ limits }) => !limits).length
  counts.set(candidates, count)
  return count
}

const counts = new WeakMap<readonly Candidate[], number>()

function openStages({ stages, stage, fallback, escalateAt, votes }: Asked): readonly Open[] {
  const others = escalateAt === null ? [] : fallback
  return stages.slice(stage).map(({ need, of }, index) => {
    const have = index === 0 ? votes.filter((vote) => vote.stage === stage).length : 0
    return { number: stage + index + 1, need: need - have, of: [...of, ...others] }
  })
}

/** By Hall's theorem: any of the stages together have as many voters as they need. The fewest that do not are named. */
function shortage(
  { gateway, risk }: Pick<Asked, 'gateway' | 'risk'>,
  left: readonly Open[],
  able: readonly Candidate[],
): string | undefined {
  const call = { gatewayId: gateway.id, risk }
  const isFor = (candidate: Candidate, of: readonly Selector[]) =>
    of.some((one) => selects(one, candidate)) && (!candidate.limits || mayVoteIn(candidate.limits, call, of))
  const byStages = new Map<number, number>()
  for (const candidate of able) {
    const mask = left.reduce((bits, { of }, at) => (isFor(candidate, of) ? bits | (1 << at) : bits), 0)
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
