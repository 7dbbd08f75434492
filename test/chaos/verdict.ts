import type { EventOf } from '@sallyport/events'
import type { Selector } from '@sallyport/policy'
import type { CallStory } from './agent.ts'
import type { LogFacts, Logged } from './log-facts.ts'

export interface Evidence {
  readonly stories: readonly CallStory[]
  /** When the upstream carried out a call, by its id. */
  readonly executions: ReadonlyMap<string, readonly number[]>
  readonly log: LogFacts
  /** What each instance lists, as `id status`. */
  readonly lists: readonly (readonly string[])[]
}

/** What broke a promise, one line each; nothing where all are kept. */
export interface Verdict {
  readonly executedTwice: readonly string[]
  /** Carried out without an approval that has all its votes and was claimed, or without a record, before that. */
  readonly withoutApproval: readonly string[]
  /** Without an end that the agent knows, or that the log knows, or that every instance lists. */
  readonly lost: readonly string[]
}

type Requested = EventOf<'sallyport.approval.requested.v2'>
type Voted = EventOf<'sallyport.approval.voted.v2'>
type Claimed = EventOf<'sallyport.approval.claimed.v1'>

export function verdictOf(evidence: Evidence): Verdict {
  return {
    executedTwice: executedTwice(evidence),
    withoutApproval: withoutApproval(evidence),
    lost: [...lostByAgents(evidence), ...lostInTheLog(evidence)],
  }
}

/** Voters deny a call whose approval was used before, so one execution is all that a call may have. */
function executedTwice({ executions }: Evidence): string[] {
  return [...executions]
    .filter(([, times]) => times.length > 1)
    .map(([id, times]) => `${id}: ${times.length} times`)
}

function withoutApproval({ executions, log }: Evidence): string[] {
  const complete = completeClaims(log.approvals)
  const recorded = new Map<string, number>()
  for (const { event } of log.actions)
    if (event.type === 'sallyport.action.decided.v1' && event.data.phase === 'resumed')
      if (event.data.verdict === 'allow') recorded.set(callOf(event.data.arguments), Date.parse(event.time))
  return [...executions].flatMap(([id, [first = 0]]) => {
    const claimedAt = complete.get(id)
    if (claimedAt === undefined) return [`${id}: no approval with all its votes was claimed`]
    if (claimedAt > first) return [`${id}: claimed ${claimedAt - first} ms after it was carried out`]
    const recordedAt = recorded.get(id)
    if (recordedAt === undefined) return [`${id}: not recorded`]
    return recordedAt > first ? [`${id}: recorded ${recordedAt - first} ms after it was carried out`] : []
  })
}

/** For each call, when an approval of it that had all its votes was claimed. Reads the events and not the fold. */
function completeClaims(approvals: readonly Logged[]): ReadonlyMap<string, number> {
  const requests = new Map<string, Requested>()
  const votes = new Map<string, Voted[]>()
  const claims = new Map<string, number>()
  for (const { event } of approvals) {
    if (event.type === 'sallyport.approval.requested.v2') requests.set(event.data.approvalId, event)
    if (event.type === 'sallyport.approval.voted.v2')
      votes.set(event.data.approvalId, [...(votes.get(event.data.approvalId) ?? []), event])
    if (event.type !== 'sallyport.approval.claimed.v1') continue
    const request = requests.get(event.data.approvalId)
    if (!request || !isComplete(request, votes.get(event.data.approvalId) ?? [], event)) continue
    // A proxy that heard no answer claims again at another process; the first claim is the one that counts.
    const call = callOf(request.data.arguments)
    if (!claims.has(call)) claims.set(call, Date.parse(event.time))
  }
  return claims
}

function isComplete({ data }: Requested, votes: readonly Voted[], claim: Claimed): boolean {
  const voted = new Set<string>()
  let left = votes.filter((one) => Date.parse(one.time) < Date.parse(data.expiresAt))
  if (left.some((one) => one.data.vote === 'deny' && !one.data.voter.advisory)) left = beforeDenial(left)
  for (const { need, of } of data.stages) {
    let have = 0
    while (have < need) {
      const at = left.findIndex(({ data: { voter } }) => !voted.has(voter.id) && takes(of, voter))
      const vote = left[at]
      if (!vote) return false
      voted.add(vote.data.voter.id)
      left = left.slice(at + 1)
      have += 1
      if (Date.parse(claim.time) < Date.parse(vote.time)) return false
    }
  }
  return true
}

/** What is said after a denial counts for nothing. A denial of somebody who does not count is not among these voters. */
function beforeDenial(votes: readonly Voted[]): Voted[] {
  return votes.slice(
    0,
    votes.findIndex(({ data }) => data.vote === 'deny'),
  )
}

function takes(of: readonly Selector[], voter: Voted['data']['voter']): boolean {
  return of.some(({ kind, name }) => {
    if (kind === 'anyone') return true
    if (kind === 'group') return voter.groups.includes(name)
    return kind === 'role' && voter.roles.includes(name)
  })
}

function lostByAgents({ stories, executions }: Evidence): string[] {
  return stories.flatMap(({ id, ending, sent, last }) => {
    if (ending === undefined)
      return [`${id}: its agent never learned what became of it (${sent} times sent): ${last}`]
    if (ending === 'executed' && !executions.has(id)) return [`${id}: told to be carried out, and was not`]
    return []
  })
}

function lostInTheLog({ log, lists }: Evidence): string[] {
  const open = [...log.folded.values()].filter(({ endedAt }) => endedAt === null)
  const stuck = open.map(({ approvalId, status }) => `approval ${approvalId} is still ${status}`)
  const folded = [...log.folded.values()].map(({ approvalId, status }) => `${approvalId} ${status}`)
  const different = lists.flatMap((list, nth) => {
    const [listed, known] = [new Set(list), new Set(folded)]
    const missing = folded
      .filter((one) => !listed.has(one))
      .map((one) => `instance ${nth + 1} does not list ${one}`)
    return [
      ...missing,
      ...list.filter((one) => !known.has(one)).map((one) => `instance ${nth + 1} alone lists ${one}`),
    ]
  })
  return [...stuck, ...different]
}

function callOf(given: unknown): string {
  return (given as { readonly id?: string } | null)?.id ?? ''
}
