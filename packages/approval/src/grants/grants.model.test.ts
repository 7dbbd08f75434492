import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ApprovalEvent, Vote } from '../approval.ts'
import {
  at,
  botOf,
  cancelled,
  claimed,
  EXPIRES_MIN,
  expired,
  fold,
  GRANTABLE,
  given,
  grantRevoked,
  grantTerms,
  grantUsed,
  person,
  requested,
  stages,
  takenBack,
  USABLE_MIN,
  voted,
} from '../testing/scenario.ts'

const PEOPLE = ['p0', 'p1', 'p2'] as const
const GRANTS = [grantTerms(30), grantTerms(30, 2), grantTerms(60, 1)] as const

const act = fc.record({
  what: fc.constantFrom(
    'vote',
    'vote',
    'vote',
    'deny',
    'give',
    'give',
    'use',
    'use',
    'use',
    'other',
    'revoke',
    'back',
    'cancel',
    'claim',
    'end',
  ),
  who: fc.nat({ max: 5 }),
  // Mostly the same one, so that votes agree.
  grant: fc.constantFrom(0, 0, 0, 1, 2, null),
  minutes: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 2 }) },
    { weight: 1, arbitrary: fc.integer({ min: USABLE_MIN, max: 40 }) },
  ),
})
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

const story = fc
  .record({
    need: fc.integer({ min: 1, max: 2 }),
    may: fc.boolean(),
    usual: fc.constantFrom(0, 1, 2),
    acts: fc.array(act, { minLength: 1, maxLength: 30, size: 'max' }),
  })
  .map(({ need, may, usual, acts }) => {
    const asked = requested('A', 0, 'a', 'act-A', {
      stages: stages(`${need} of anyone`),
      ...((may || acts.length > 3) && GRANTABLE),
    })
    const events: ApprovalEvent[] = [asked]
    let minute = 0
    for (const [index, one] of acts.entries()) {
      minute += one.minutes
      events.push(eventOf(one, index, minute, usual, events))
    }
    return { need, may: may || acts.length > 3, events }
  })
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never

function eventOf(
  { what, who, grant }: Act,
  index: number,
  minute: number,
  usual: number,
  before: readonly ApprovalEvent[],
): ApprovalEvent {
  const someone = person(PEOPLE[who % 3] as string)
  const voter = who > 4 ? botOf(someone, true) : someone
  const terms = grant === null ? undefined : GRANTS[(grant + usual) % 3]
  switch (what) {
    case 'vote':
      return voted('A', minute, { voter, key: `k${index}`, ...(terms && { grant: terms }) })
    case 'deny':
      return who === 0
        ? voted('A', minute, { voter, vote: 'deny', key: `k${index}` })
        : grantUsed(minute, `x${who}`)
    case 'give':
      return given(before, minute)
    case 'use':
      return grantUsed(minute, `x${who}`)
    case 'other':
      return grantUsed(minute, `o${who}`, { policyVersion: 'p-2' })
    case 'revoke':
      return who < 2 ? grantRevoked(minute) : grantUsed(minute, `x${who}`)
    case 'back':
      return who === 0 ? takenBack('A', minute) : given(before, minute)
    case 'cancel':
      return who === 0 ? cancelled('A', minute) : given(before, minute)
    case 'claim':
      return claimed('A', minute, `act-${who}`)
    case 'end':
      return expired('A', minute)
  }
}

/** Which uses count, told by the words of the documentation, with sets and counters. */
function allowed({ need, may, events }: Story): string[] {
  const minuteOf = (time: string) => (Date.parse(time) - Date.parse(at(0))) / 60_000
  const voters = new Map<string, string | null>()
  let status = 'pending'
  let approvedAt = 0
  let grant: { until: number; left: number; used: Set<string> } | null = null
  let gave = false
  const uses: string[] = []
  for (const { type, time, data } of events) {
    const minute = minuteOf(time)
    if (status === 'pending' && minute >= EXPIRES_MIN) status = 'expired'
    if (status === 'approved' && minute >= approvedAt + USABLE_MIN) status = 'lapsed'
    const said = data as {
      vote?: Vote
      voter?: { id: string; advisory: boolean }
      grant?: object
      actionId?: string
      actor?: { type: string }
      binding?: { policyVersion: string }
    }
    const open = grant !== null && minute < grant.until && grant.left > 0
    if (
      type === 'sallyport.approval.voted.v2' &&
      status === 'pending' &&
      said.voter &&
      !said.voter.advisory
    ) {
      if (voters.has(said.voter.id)) continue
      if (said.vote === 'deny') status = 'denied'
      else voters.set(said.voter.id, said.grant ? JSON.stringify(said.grant) : null)
      if (status === 'pending' && voters.size === need) {
        status = 'approved'
        approvedAt = minute
      }
    }
    if (type === 'sallyport.approval.claimed.v1' && status === 'approved') status = 'consumed'
    if (type === 'sallyport.approval.cancelled.v1') {
      if (status === 'approved' && said.actor?.type === 'person') grant = null
      status = status === 'pending' ? 'cancelled' : status === 'approved' ? 'revoked' : status
    }
    if (type === 'sallyport.grant.given.v1' && !gave && ['approved', 'consumed', 'lapsed'].includes(status)) {
      const [terms] = voters.values()
      if (!may || !terms || new Set(voters.values()).size > 1) continue
      const { forMs, uses: most } = JSON.parse(terms) as { forMs: number; uses: number | null }
      grant = { until: approvedAt + forMs / 60_000, left: most ?? Number.POSITIVE_INFINITY, used: new Set() }
      gave = true
    }
    if (type === 'sallyport.grant.revoked.v1' && open) grant = null
    if (type !== 'sallyport.grant.used.v1' || grant === null || said.actionId === undefined) continue
    if (!open || grant.used.has(said.actionId) || said.binding?.policyVersion !== 'p-1') continue
    grant.used.add(said.actionId)
    grant.left -= 1
    uses.push(said.actionId)
  }
  return uses
}

function usesOf(events: readonly ApprovalEvent[]): string[] {
  const { outcomes } = fold(events)
  const all = events.flatMap((event, index) => {
    const outcome = outcomes[index]
    const counts = outcome?.accepted && outcome.changed.length > 0
    return event.type === 'sallyport.grant.used.v1' && counts ? [event.data.actionId] : []
  })
  // The same one again counts once: what changes with it is that the time was over meanwhile.
  return [...new Set(all)]
}

test('in every story of votes, grants, uses and revocations the uses that count are those that the documentation allows', () => {
  let used = 0
  let denied = 0
  fc.assert(
    fc.property(story, (one) => {
      const uses = usesOf(one.events)
      expect(uses).toEqual(allowed(one))
      used += uses.length
      denied += one.events.filter(({ type }) => type === 'sallyport.grant.used.v1').length - uses.length
    }),
    { numRuns: 4000 },
  )
  expect(used).toBeGreaterThan(300)
  expect(denied).toBeGreaterThan(1000)
})

test('a grant has been given by every vote that counted, and never lets more calls pass than it says', () => {
  fc.assert(
    fc.property(story, ({ events }) => {
      const { state } = fold(events)
      const approval = state.approvals.get('A')
      for (const grant of state.grants.values()) {
        expect(approval?.votes.map((vote) => vote.grant)).toEqual(approval?.votes.map(() => grant.terms))
        expect(grant.used).toBeLessThanOrEqual(grant.terms.uses ?? Number.POSITIVE_INFINITY)
        if (grant.lastUsedAt !== null)
          expect(Date.parse(grant.lastUsedAt)).toBeLessThan(Date.parse(grant.until))
      }
    }),
    { numRuns: 2000 },
  )
})

test('every replay gives the same grants', () => {
  fc.assert(
    fc.property(story, ({ events }) => {
      expect(fold(JSON.parse(JSON.stringify(events))).state.grants).toEqual(fold(events).state.grants)
    }),
    { numRuns: 500 },
  )
})
