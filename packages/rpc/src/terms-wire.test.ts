import { describe, expect, test } from 'vitest'
import { fromWireVerdict, toWireVerdict } from './decision-wire.ts'
import { Outcome } from './gen/sallyport/decision/v1/Outcome.ts'
import type { Verdict__Output } from './gen/sallyport/decision/v1/Verdict.ts'
import { fromWireApprover, fromWireTerms, toWireTerms } from './terms-wire.ts'
import { ALLOW, TERMS } from './testing/questions.ts'

const held = { ...ALLOW, outcome: 'hold', terms: TERMS } as const
const sent = (change: object = {}) => ({ ...toWireVerdict(held), ...change }) as Verdict__Output

describe('in a fleet of two releases', () => {
  test('a hold that takes several votes is no outcome that an earlier release knows', () => {
    const known: number[] = [Outcome.OUTCOME_ALLOW, Outcome.OUTCOME_DENY, Outcome.OUTCOME_HOLD]
    expect(known).not.toContain(toWireVerdict(held).outcome)
    expect(toWireVerdict({ ...ALLOW, outcome: 'hold' }).outcome).toBe(Outcome.OUTCOME_HOLD)
  })

  test.each([
    ['without terms', { terms: null }],
    ['without a stage', { terms: { ...toWireTerms(TERMS), stages: [] } }],
    [
      'with a stage that takes no vote',
      {
        terms: {
          ...toWireTerms(TERMS),
          stages: [{ need: 0, of: [{ kind: 'anyone', name: 'anyone', id: '' }] }],
        },
      },
    ],
    [
      'with a selector that nobody knows',
      { terms: { ...toWireTerms(TERMS), stages: [{ need: 1, of: [{ kind: 'moon', name: 'x', id: '' }] }] } },
    ],
  ])('a hold by terms %s is a fault, and denied', (_what, change) => {
    expect(fromWireVerdict(sent(change))).toMatchObject({ outcome: 'deny', fault: 'SP_DECISION_UNREADABLE' })
  })

  test('a vote that counted for what nobody knows counts no more', () => {
    const as = { kind: 'moon', name: 'x', id: '' }
    expect(fromWireApprover({ tokenId: 't-1', personId: 'p-1', botId: '', as })).toMatchObject({
      tokenId: null,
      personId: null,
    })
  })

  test('an unknown fallback makes the terms unreadable: it could let in anybody', () => {
    const fallback = [{ kind: 'moon', name: 'x', id: '' }]
    expect(fromWireTerms({ ...(toWireTerms(TERMS) as object), fallback } as never)).toBeUndefined()
  })
})
