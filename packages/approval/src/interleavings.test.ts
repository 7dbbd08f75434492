import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ApprovalEvent } from './approval.ts'
import type { ApprovalStatus } from './status.ts'
import {
  cancelled,
  claimed,
  dana,
  EXPIRES_MIN,
  expired,
  fold,
  omar,
  requested,
  USABLE_MIN,
  voted,
} from './testing/scenario.ts'

const CALLS = ['a', 'b', 'c'] as const
const ACTORS = [dana, omar, { type: 'bot', name: 'ci' } as const]

/** One act of somebody: on one of the last approvals asked for, at a clock that may step back a little. */
const step = fc.record({
  act: fc.constantFrom(
    'request',
    'request',
    'approve',
    'approve',
    'deny',
    'claim',
    'claim',
    'expire',
    'cancel',
  ),
  call: fc.constantFrom(...CALLS),
  back: fc.nat({ max: 3 }),
  who: fc.nat({ max: 2 }),
  key: fc.constantFrom('k1', 'k2', null),
  minutes: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -1, max: 2 }) },
    { weight: 1, arbitrary: fc.constant(USABLE_MIN) },
    { weight: 1, arbitrary: fc.constant(EXPIRES_MIN) },
  ),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Turns acts into the events the service would append, whether or not they are still valid when their turn comes. */
function storyOf(steps: readonly Step[]): ApprovalEvent[] {
  const asked: { id: string; args: string }[] = []
  let minute = 0
  return steps.flatMap(({ act, call, back, who, key, minutes }, index) => {
    minute += minutes
    const event = eventOf(asked.at(-1 - back))
    return event ? [event] : []

    function eventOf(target: { id: string; args: string } | undefined): ApprovalEvent | undefined {
      if (act === 'request') {
        const id = `ap-${index}`
        asked.push({ id, args: call })
        return requested(id, minute, call)
      }
      if (!target) return undefined
      const { id, args } = target
      if (act === 'claim') return claimed(id, minute, `act-${who}`, args)
      if (act === 'expire') return expired(id, minute, args)
      if (act === 'cancel') return cancelled(id, minute, args)
      return voted(id, minute, { args, actor: ACTORS[who] ?? dana, vote: act, key })
    }
  })
}

const story = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }).map(storyOf)
const holds = (property: (events: ApprovalEvent[]) => void, numRuns = 2000) =>
  fc.assert(fc.property(story, property), { numRuns })

/** Each event with what came of it. */
function told(events: readonly ApprovalEvent[]) {
  const { outcomes } = fold(events)
  return events.flatMap((event, index) => {
    const outcome = outcomes[index]
    return outcome ? [{ event, outcome }] : []
  })
}

const NEXT: Record<ApprovalStatus, readonly ApprovalStatus[]> = {
  pending: ['approved', 'denied', 'expired', 'cancelled'],
  approved: ['consumed', 'lapsed', 'revoked'],
  denied: [],
  expired: [],
  cancelled: [],
  consumed: [],
  lapsed: [],
  revoked: [],
}

describe('in every interleaving of requests, votes, timers, claims and cancellations', () => {
  test('at most one action claims an approval, and only after an accepted vote to approve it', () => {
    holds((events) => {
      const approvedBy = new Set<string>()
      const claimedBy = new Map<string, string>()
      for (const { event, outcome } of told(events)) {
        if (!outcome.accepted) continue
        if (event.type === 'sallyport.approval.voted.v2' && event.data.vote === 'approve')
          approvedBy.add(outcome.approvalId)
        if (event.type !== 'sallyport.approval.claimed.v1') continue
        expect(approvedBy).toContain(outcome.approvalId)
        const winner = claimedBy.get(outcome.approvalId) ?? event.data.actionId
        expect(event.data.actionId).toBe(winner)
        claimedBy.set(outcome.approvalId, winner)
      }
    })
  })

  test('no vote counts from the expiry on, and no claim from the end of its usable time on', () => {
    holds((events) => {
      const expiresAt = new Map<string, number>()
      const usableUntil = new Map<string, number>()
      for (const { event, outcome } of told(events)) {
        if (!outcome.accepted || outcome.changed.length === 0) continue
        const time = Date.parse(event.time)
        const id = outcome.approvalId
        if (event.type === 'sallyport.approval.requested.v2')
          expiresAt.set(id, Date.parse(event.data.expiresAt))
        if (event.type === 'sallyport.approval.voted.v2' && outcome.status !== 'lapsed') {
          expect(time).toBeLessThan(expiresAt.get(id) ?? 0)
          usableUntil.set(id, time + USABLE_MIN * 60_000)
        }
        if (event.type === 'sallyport.approval.claimed.v1')
          expect(time).toBeLessThan(usableUntil.get(id) ?? 0)
      }
    })
  })

  test('a request attaches only to an open approval of the same call, and at most one is open for a call', () => {
    holds((events) => {
      for (const { event, outcome } of told(events)) {
        if (event.type !== 'sallyport.approval.requested.v2') continue
        expect(outcome.accepted).toBe(true)
        expect(['pending', 'approved']).toContain(outcome.status)
      }
      const { state } = fold(events)
      const digestOf = new Map(events.map(({ data }) => [data.approvalId, data.callDigest]))
      for (const { event, outcome } of told(events))
        expect(digestOf.get(outcome.approvalId)).toBe(event.data.callDigest)
      const open = [...state.approvals.values()].filter(({ endedAt }) => endedAt === null)
      expect(new Set(open.map(({ callDigest }) => callDigest)).size).toBe(open.length)
      expect(state.openByGateway.get('gw-1') ?? 0).toBe(open.length)
      expect([...state.openByCall.values()].sort()).toEqual(open.map(({ approvalId }) => approvalId).sort())
    })
  })

  test('a status only ever moves as the life of an approval allows, and the outcome names every move', () => {
    holds((events) => {
      const known = new Map<string, ApprovalStatus>()
      for (let length = 1; length <= events.length; length += 1) {
        const { state, last } = fold(events.slice(0, length))
        const moved: string[] = []
        for (const { approvalId, status } of state.approvals.values()) {
          const before = known.get(approvalId)
          if (before !== status) moved.push(approvalId)
          if (before !== undefined && before !== status) expect(NEXT[before]).toContain(status)
          known.set(approvalId, status)
        }
        expect([...(last?.changed ?? [])].sort()).toEqual(moved.sort())
      }
    }, 500)
  })

  test('a replay of any prefix gives the same outcomes and the same state', () => {
    fc.assert(
      fc.property(story, fc.nat(), (events, cut) => {
        const prefix = events.slice(0, cut % (events.length + 1))
        const whole = fold(events)
        const once = fold(prefix)
        const again = fold(JSON.parse(JSON.stringify(prefix)))
        expect(once.outcomes).toEqual(whole.outcomes.slice(0, prefix.length))
        expect(again).toEqual(once)
      }),
      { numRuns: 2000 },
    )
  })

  test('what comes of a call is the same however its partition is interleaved with others', () => {
    holds((events) => {
      const all = told(events)
      for (const digest of new Set(events.map(({ key }) => key))) {
        const alone = told(events.filter(({ key }) => key === digest))
        expect(all.filter(({ event }) => event.key === digest)).toEqual(alone)
      }
    })
  })
})
