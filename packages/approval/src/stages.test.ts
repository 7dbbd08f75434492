import { describe, expect, test } from 'vitest'
import { describeStatus } from './approval.ts'
import {
  at,
  botOf,
  cancelled,
  claimed,
  escalated,
  expired,
  fold,
  person,
  reminded,
  requested,
  selectors,
  stages,
  voted,
} from './testing/scenario.ts'

const ann = person('ann', ['finance'])
const ben = person('ben', ['finance'])
const sue = person('sue', ['security'])
const both = person('both', ['finance', 'security'])
const max = person('max', ['managers'])

const STAGED = { stages: stages('2 of group:finance then 1 of group:security') }
const ask = (terms: NonNullable<Parameters<typeof requested>[4]> = STAGED) =>
  requested('A', 0, 'a', 'act-A', terms)
const by = (voter: ReturnType<typeof person>, minute: number, vote: 'approve' | 'deny' = 'approve') =>
  voted('A', minute, { voter, vote })
const approval = ({ state }: ReturnType<typeof fold>) => state.approvals.get('A')
const refused = (kind: string, reason: RegExp) => ({
  accepted: false,
  kind,
  changed: [],
  reason: expect.stringMatching(reason),
})

describe('stages', () => {
  test('are passed one after the other, and the last vote that is needed approves', () => {
    const told = fold([ask(), by(ann, 1), by(ben, 2), by(sue, 3)])
    expect(told.outcomes.map(({ status }) => status)).toEqual(['pending', 'pending', 'pending', 'approved'])
    expect(told.outcomes.every(({ changed }) => changed.length === 1)).toBe(true)
    expect(approval(told)).toMatchObject({
      stage: 2,
      usableUntil: at(13),
      votes: [
        { stage: 0, voter: { id: 'ann' }, as: { kind: 'group', name: 'finance' } },
        { stage: 0, voter: { id: 'ben' } },
        { stage: 1, voter: { id: 'sue' }, as: { kind: 'group', name: 'security' } },
      ],
    })
    const now = approval(told)
    expect(now && describeStatus(now)).toBe(`approved by ann, ben and sue at ${at(3)}`)
  })

  test('are not used before all of them have their votes', () => {
    const { last } = fold([ask(), by(ann, 1), by(ben, 2), claimed('A', 3)])
    expect(last).toMatchObject({ accepted: false, kind: 'conflict', status: 'pending' })
  })

  test('do not take a vote for a later one', () => {
    const { last } = fold([ask(), by(sue, 1)])
    expect(last).toMatchObject(refused('forbidden', /^not in group:finance$/))
  })

  test('take a group, a role, a person by the id, or anyone', () => {
    const of = (text: string, voter: ReturnType<typeof person>) =>
      fold([ask({ stages: stages(text) }), by(voter, 1)]).last?.status
    expect(of('1 of role:admin', person('a', [], ['admin']))).toBe('approved')
    expect(of('1 of role:admin', person('a', [], ['approver']))).toBe('pending')
    expect(of('1 of person:ann', ann)).toBe('approved')
    expect(of('1 of person:ann', { ...ann, personId: 'another-ann' })).toBe('pending')
    expect(of('1 of group:x or group:finance', ann)).toBe('approved')
    expect(of('1 of anyone', person('a', [], []))).toBe('approved')
  })

  test('end with a denial of somebody who could count, and with no other', () => {
    expect(fold([ask(), by(ann, 1), by(ben, 2, 'deny')]).last).toMatchObject({ status: 'denied' })
    expect(fold([ask(), by(sue, 1, 'deny')]).last).toMatchObject({ accepted: true, status: 'denied' })
    expect(fold([ask(), by(max, 1, 'deny')]).last).toMatchObject(refused('forbidden', /not in group:finance/))
  })

  test('end with the time to decide, however many votes are there: nothing is approved by a time-out', () => {
    const told = fold([ask(), by(ann, 1), by(ben, 2), expired('A', 15), by(sue, 16)])
    expect(told.outcomes[3]).toMatchObject({ status: 'expired' })
    expect(told.last).toMatchObject({ accepted: false, kind: 'expired' })
    const now = approval(told)
    expect(now && describeStatus(now)).toMatch(/without all the votes that it needs/)
  })
})

describe('a voter', () => {
  test('counts once: a second vote is refused, in the same stage and in another', () => {
    expect(fold([ask(), by(ann, 1), by(ann, 2)]).last).toMatchObject(
      refused('voted', /^voted already: ann at/),
    )
    const later = fold([ask(), by(both, 1), by(ann, 2), by(both, 3)])
    expect(later.last).toMatchObject(refused('voted', /^voted already: both/))
  })

  test('and their bot are one: whoever votes first counts', () => {
    expect(fold([ask(), by(ann, 1), by(botOf(ann), 2)]).last).toMatchObject(refused('voted', /voted already/))
    expect(fold([ask(), by(botOf(ann), 1), by(ann, 2)]).last).toMatchObject(refused('voted', /voted already/))
  })

  test('who is excluded counts never, neither do they deny, nor does their bot', () => {
    for (const why of ['owner', 'principal', 'editor'] as const) {
      const terms = { ...STAGED, excluded: [{ personId: 'ann', why }] }
      for (const vote of [by(ann, 1), by(ann, 1, 'deny'), by(botOf(ann), 1)])
        expect(fold([ask(terms), vote]).last).toMatchObject(refused('forbidden', /^excluded: /))
    }
  })

  test('who only advises is heard, and counts for nothing', () => {
    const advice = voted('A', 1, { voter: botOf(ann, true), reason: 'looks odd', vote: 'deny' })
    const told = fold([ask(), advice, by(ann, 2)])
    expect(told.outcomes[1]).toMatchObject({ accepted: true, status: 'pending', changed: ['A'] })
    expect(approval(told)).toMatchObject({
      advice: [{ name: 'bot-ann', vote: 'deny', reason: 'looks odd' }],
      votes: [{ voter: { id: 'ann' } }],
    })
  })

  test('who repeats a vote under its key has given one vote', () => {
    const vote = () => voted('A', 1, { voter: ann, key: 'k1' })
    const { last, state } = fold([ask(), vote(), vote()])
    expect(last).toMatchObject({ accepted: true, changed: [] })
    expect(state.approvals.get('A')?.votes).toHaveLength(1)
  })
})

describe('clocks', () => {
  const TERMS = { ...STAGED, fallback: selectors('group:managers'), remindAt: at(5), escalateAt: at(10) }

  test('remind once, when it is due', () => {
    const { outcomes } = fold([ask(TERMS), reminded('A', 4), reminded('A', 5), reminded('A', 6)])
    expect(outcomes.map(({ accepted }) => accepted)).toEqual([true, false, true, false])
  })

  test('let the fallback vote in every stage from the escalation on, and not before', () => {
    const early = fold([ask(TERMS), by(max, 9)])
    expect(early.last).toMatchObject(refused('forbidden', /not in group:finance/))
    const told = fold([
      ask(TERMS),
      by(ann, 1),
      escalated('A', 10),
      by(max, 11),
      by(person('mia', ['managers']), 12),
    ])
    expect(told.last).toMatchObject({ status: 'approved' })
    expect(approval(told)?.votes.map(({ as }) => as.name)).toEqual(['finance', 'managers', 'managers'])
  })

  test('say nothing of an approval that has none, or is over', () => {
    expect(fold([ask(), escalated('A', 10)]).last).toMatchObject(refused('conflict', /not due/))
    expect(fold([ask(TERMS), cancelled('A', 1), escalated('A', 10)]).last).toMatchObject({ accepted: false })
  })

  test('do not prolong it', () => {
    expect(fold([ask(TERMS), escalated('A', 10), by(max, 15)]).last).toMatchObject({ status: 'expired' })
  })
})
