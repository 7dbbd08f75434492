import { parseStages } from '@sallyport/policy'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Approval, type ApprovalEvent, digestOf, type Voter } from './approval.ts'
import { evolve } from './evolve.ts'
import { initialState } from './state.ts'
import {
  at,
  botOf,
  cancelled,
  claimed,
  EXPIRES_MIN,
  edited,
  escalated,
  expired,
  fold,
  person,
  reminded,
  requested,
  selectors,
  stages,
  USABLE_MIN,
  voted,
} from './testing/scenario.ts'

const GROUPS = ['a', 'b', 'c'] as const
const PEOPLE = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'] as const
const WHOM = ['group:a', 'group:b', 'group:c', 'role:admin', 'person:p0', 'person:p1', 'anyone'] as const

const oneOf = <T>(values: readonly [T, ...T[]]) => fc.constantFrom(...values)
const stage = fc
  .record({
    need: fc.integer({ min: 1, max: 3 }),
    of: fc.uniqueArray(oneOf(WHOM), { minLength: 1, maxLength: 3 }),
  })
  .filter(({ need, of }) => need <= of.length || of.some((one) => !one.startsWith('person:')))
  .map(({ need, of }) => `${need} of ${of.join(' or ')}`)

const terms = fc.record({
  text: fc.array(stage, { minLength: 1, maxLength: 3 }).map((all) => all.join(' then ')),
  fallback: fc.option(oneOf(WHOM), { nil: null }),
  escalate: fc.integer({ min: 1, max: EXPIRES_MIN - 1 }),
  remind: fc.option(fc.integer({ min: 1, max: EXPIRES_MIN - 1 }), { nil: null }),
  excluded: fc.uniqueArray(oneOf(PEOPLE), { maxLength: 2 }),
})

/** People with groups and roles of their own, each with a bot, and some bots that only advise. */
const crowd = fc
  .tuple(
    ...PEOPLE.map((name) =>
      fc
        .record({ groups: fc.subarray([...GROUPS]), admin: fc.boolean() })
        .map(({ groups, admin }) => person(name, groups, admin ? ['admin'] : ['approver'])),
    ),
  )
  .map((people) => [...people, ...people.map((one, index) => botOf(one, index % 3 === 2))])

const act = fc.record({
  what: oneOf([
    'vote',
    'vote',
    'vote',
    'vote',
    'deny',
    'edit',
    'old vote',
    'vote',
    'vote',
    'claim',
    'claim',
    'old claim',
    'cancel',
    'remind',
    'escalate',
    'end',
  ] as const),
  who: fc.nat({ max: PEOPLE.length * 2 - 1 }),
  minutes: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 1 }) },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: USABLE_MIN }) },
  ),
})

type What = (typeof act extends fc.Arbitrary<infer T> ? T : never)['what']

const approvalOf = (events: readonly ApprovalEvent[]) => fold(events).state.approvals.get('A') as Approval

/** `digest`: what is on the screen at that moment. Old votes and claims are about the call as it was asked for. */
function eventOf(
  what: What,
  minute: number,
  who: number,
  voter: Voter,
  digest: string,
  index: number,
): ApprovalEvent {
  const key = `k${index}`
  switch (what) {
    case 'vote':
    case 'deny':
      return voted('A', minute, { voter, vote: what === 'vote' ? 'approve' : 'deny', key, digest })
    case 'old vote':
      return voted('A', minute, { voter, key })
    case 'edit':
      // Rarely, so that some stories come to an end.
      if (index % 3 !== 0) return voted('A', minute, { voter, key, digest })
      return edited('A', minute, { voter, basedOn: digest, to: (index % 16).toString(16), key })
    case 'claim':
      return claimed('A', minute, `act-${who}`, 'a', digest)
    case 'old claim':
      return claimed('A', minute, `act-${who}`)
    case 'cancel':
      // Rarely, so that most stories go on.
      return who === 0 ? cancelled('A', minute) : reminded('A', minute)
    case 'remind':
      return reminded('A', minute)
    case 'escalate':
      return escalated('A', minute)
    case 'end':
      return expired('A', minute)
  }
}

const story = fc
  .record({ terms, crowd, acts: fc.array(act, { minLength: 1, maxLength: 40, size: 'max' }) })
  .map(({ terms: given, crowd: voters, acts }) => {
    const { text, fallback, escalate, remind, excluded } = given
    const asked = requested('A', 0, 'a', 'act-A', {
      stages: stages(text),
      fallback: fallback === null ? [] : selectors(fallback),
      escalateAt: fallback === null ? null : at(escalate),
      remindAt: remind === null ? null : at(remind),
      excluded: excluded.map((personId) => ({ personId, why: 'owner' as const })),
      editable: true,
    })
    let minute = 0
    const events: ApprovalEvent[] = [asked]
    let { state } = evolve(initialState(), asked)
    for (const [index, { what, who, minutes }] of acts.entries()) {
      minute += minutes
      const digest = digestOf(state.approvals.get('A') as Approval)
      const next = eventOf(what, minute, who, voters[who] as Voter, digest, index)
      events.push(next)
      state = evolve(state, next).state
    }
    return { terms: given, events }
  })
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never

/** Whose vote counts, told from the text of the terms and nothing else of the fold. */
function counts(whom: string, { personId, groups, roles }: Voter): boolean {
  const [kind, name = ''] = whom.split(':')
  if (kind === 'group') return groups.includes(name)
  if (kind === 'role') return roles.includes(name)
  return kind === 'anyone' || personId === name
}

/** The status that the words of the documentation give a story, by sets and counters. */
function expected({ terms: given, events }: Story): string {
  const needs = parseStages(given.text).map(({ need }) => need)
  const whom = given.text.split(' then ').map((one) => one.replace(/^\d+ of /, '').split(' or '))
  const voters = new Set<string>()
  const minuteOf = (time: string) => (Date.parse(time) - Date.parse(at(0))) / 60_000
  let status = 'pending'
  let open = 0
  let have = 0
  let wide = false
  let usableUntil = Number.POSITIVE_INFINITY
  let content = events[0]?.data.callDigest
  const editors = new Set<string>()
  const ofStages = (from: number, to: number) => [
    ...whom.slice(from, to).flat(),
    ...(wide && given.fallback ? [given.fallback] : []),
  ]
  const isExcluded = ({ personId }: Voter) => given.excluded.some((one) => one === personId)
  for (const event of events) {
    const { type, time, data } = event
    const minute = minuteOf(time)
    if (status === 'pending' && minute >= EXPIRES_MIN) status = 'expired'
    if (status === 'approved' && minute >= usableUntil) status = 'lapsed'
    if (event.type === 'sallyport.approval.claimed.v1' && status === 'approved')
      status = (event.data.digest ?? data.callDigest) === content ? 'consumed' : status
    if (event.type === 'sallyport.approval.edited.v1' && status === 'pending') {
      const { voter, basedOn, editedDigest } = event.data
      const may =
        !voter.advisory && !isExcluded(voter) && ofStages(0, whom.length).some((one) => counts(one, voter))
      if (!may || basedOn !== content) continue
      content = editedDigest
      editors.add(voter.id)
      voters.clear()
      open = 0
      have = 0
    }
    if (type === 'sallyport.approval.cancelled.v1')
      status = status === 'pending' ? 'cancelled' : status === 'approved' ? 'revoked' : status
    if (type === 'sallyport.approval.escalated.v1' && status === 'pending')
      wide ||= given.fallback !== null && minute >= given.escalate
    if (event.type !== 'sallyport.approval.voted.v2' || status !== 'pending') continue
    const { voter, vote, digest = data.callDigest } = event.data
    if (digest !== content) continue
    const of = ofStages(open, vote === 'deny' ? whom.length : open + 1)
    if (voter.advisory || voters.has(voter.id) || editors.has(voter.id)) continue
    if (isExcluded(voter) || !of.some((one) => counts(one, voter))) continue
    if (vote === 'deny') {
      status = 'denied'
      continue
    }
    voters.add(voter.id)
    have += 1
    if (have < (needs[open] ?? 0)) continue
    open += 1
    have = 0
    if (open < needs.length) continue
    status = 'approved'
    usableUntil = minute + USABLE_MIN
  }
  return status
}

const RUNS = { numRuns: 3000 }

describe('in every story of votes, denials, edits, clocks, revocations and claims, over any stages', () => {
  test('the fold comes to the status that the words of the documentation give, at every step', () => {
    fc.assert(
      fc.property(story, (given) => {
        for (let length = 1; length <= given.events.length; length += 7) {
          const events = given.events.slice(0, length)
          expect(approvalOf(events).status).toBe(expected({ ...given, events }))
        }
        expect(approvalOf(given.events).status).toBe(expected(given))
      }),
      RUNS,
    )
  })

  test('what was approved has the votes of every stage, each of another voter, none excluded or advisory', () => {
    let approved = 0
    fc.assert(
      fc.property(story, (given) => {
        const { status, stages: asked, votes, answer, excluded } = approvalOf(given.events)
        const out = new Set(excluded.map(({ personId }) => personId))
        expect(new Set(votes.map(({ voter }) => voter.id)).size).toBe(votes.length)
        for (const { voter, as } of votes) {
          expect(out.has(voter.personId ?? '')).toBe(false)
          expect(voter.advisory).toBe(false)
          expect(counts(as.kind === 'anyone' ? 'anyone' : `${as.kind}:${as.name}`, voter)).toBe(true)
        }
        if (answer?.vote !== 'approve') {
          expect(['approved', 'consumed', 'lapsed', 'revoked']).not.toContain(status)
          return
        }
        approved += 1
        for (const [index, { need }] of asked.entries())
          expect(votes.filter((vote) => vote.stage === index)).toHaveLength(need)
      }),
      RUNS,
    )
    expect(approved).toBeGreaterThan(100)
  })

  test('it is used at most once, after its last vote and within its time', () => {
    fc.assert(
      fc.property(story, ({ events }) => {
        const { outcomes } = fold(events)
        const used = events.filter(
          ({ type }, index) =>
            type === 'sallyport.approval.claimed.v1' &&
            (outcomes[index]?.changed.length ?? 0) > 0 &&
            outcomes[index]?.accepted,
        )
        expect(used.length).toBeLessThanOrEqual(1)
        const { answer, usableUntil, claim } = approvalOf(events)
        if (claim === null) return
        expect(answer?.vote).toBe('approve')
        expect(Date.parse(claim.at)).toBeGreaterThanOrEqual(Date.parse(answer?.at ?? ''))
        expect(Date.parse(claim.at)).toBeLessThan(Date.parse(usableUntil ?? ''))
      }),
      RUNS,
    )
  })

  test('what is used is what was on the screen of everybody whose vote counted, and none of them had edited it', () => {
    let edits = 0
    fc.assert(
      fc.property(story, ({ events }) => {
        const { claim, edit, votes, editors } = approvalOf(events)
        if (claim === null) return
        const { outcomes } = fold(events)
        const used = events.flatMap((event, index) =>
          event.type === 'sallyport.approval.claimed.v1' && outcomes[index]?.accepted ? [event.data] : [],
        )
        for (const { digest, callDigest } of used)
          expect(digest ?? callDigest).toBe(edit?.digest ?? callDigest)
        for (const { voter, at: votedAt } of votes) {
          expect(editors).not.toContain(voter.id)
          if (edit !== null) expect(Date.parse(votedAt)).toBeGreaterThanOrEqual(Date.parse(edit.at))
        }
        if (edit !== null) edits += 1
      }),
      RUNS,
    )
    expect(edits).toBeGreaterThan(0)
  })

  test('a clock alone never approves, and an escalation takes no vote away', () => {
    fc.assert(
      fc.property(story, ({ events }) => {
        let before: Approval | undefined
        for (let length = 1; length <= events.length; length += 1) {
          const now = approvalOf(events.slice(0, length))
          const last = events[length - 1]
          const votes =
            last?.type === 'sallyport.approval.voted.v2' || last?.type === 'sallyport.approval.edited.v1'
          if (before && last && !votes) {
            expect(now.votes).toEqual(before.votes)
            if (before.status === 'pending') expect(now.status).not.toBe('approved')
          }
          before = now
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('every replay gives the same votes and the same refusals', () => {
    fc.assert(
      fc.property(story, ({ events }) => {
        expect(fold(JSON.parse(JSON.stringify(events)))).toEqual(fold(events))
      }),
      { numRuns: 1000 },
    )
  })
})
