import { describe, expect, test } from 'vitest'
import { SpanInvalid, StagesInvalid, TermsInvalid } from './errors.ts'
import { boundTerms, byTermsStrictness, parseTerms, type TermsText, termsText } from './terms.ts'

const WHOLE = {
  stages: '2 of group:finance then 1 of group:security or person:dana',
  answerWithin: '15m',
  useWithin: '10m',
  remindAfter: '5m',
  escalateAfter: '10m',
  escalateTo: 'group:managers or role:owner',
}

describe('terms', () => {
  test('are read as they are written, and written as they were read', () => {
    const terms = parseTerms(WHOLE)
    expect(terms).toMatchObject({ answerWithinMs: 900_000, remindAfterMs: 300_000, escalateAfterMs: 600_000 })
    expect(terms.fallback.map(({ name }) => name)).toEqual(['managers', 'owner'])
    expect(termsText(terms)).toEqual(WHOLE)
    expect(termsText(parseTerms({ stages: '2 of anyone' }))).toEqual({ stages: '2 of anyone' })
  })

  test.each<[Partial<TermsText>, typeof SpanInvalid | typeof StagesInvalid | typeof TermsInvalid, RegExp]>([
    [{ answerWithin: '0s' }, SpanInvalid, /^answer within is zero/],
    [{ useWithin: '15' }, SpanInvalid, /^use within is not a time/],
    [{ remindAfter: 'soon' }, SpanInvalid, /^remind after is not a time/],
    [{ escalateAfter: '2026-12-01T10:00:00' }, SpanInvalid, /^escalate after is not a time/],
    [{ stages: '0 of anyone' }, StagesInvalid, /needs no vote/],
    [{ escalateTo: 'managers' }, StagesInvalid, /escalate to has "managers"/],
    [{ remindAfter: '15m' }, TermsInvalid, /remind after 15m is not before the end, which is 15m/],
    [{ escalateAfter: '1h' }, TermsInvalid, /escalate after 1h is not before the end/],
  ])('with %j are refused by name', (change, Fault, why) => {
    expect(() => parseTerms({ ...WHOLE, ...change })).toThrow(Fault)
    expect(() => parseTerms({ ...WHOLE, ...change })).toThrow(why)
  })

  test.each<[TermsText, RegExp]>([
    [{ stages: '1 of anyone', answerWithin: '1h', escalateAfter: '5m' }, /escalate to says nobody/],
    [{ stages: '1 of anyone', escalateTo: 'anyone' }, /escalate after does not say when/],
    [{ stages: '1 of anyone', remindAfter: '5m' }, /remind after needs answer within/],
  ])('%j say too little', (text, why) => {
    expect(() => parseTerms(text)).toThrow(TermsInvalid)
    expect(() => parseTerms(text)).toThrow(why)
  })

  test('bind the persons that they name, and nothing else, to ids', () => {
    const bound = boundTerms(parseTerms(WHOLE), (name) => `id-of-${name}`)
    expect(bound.stages[1]?.of).toEqual([
      { kind: 'group', name: 'security', id: null },
      { kind: 'person', name: 'dana', id: 'id-of-dana' },
    ])
    expect(termsText(bound)).toEqual(WHOLE)
  })
})

describe('of two terms the stricter comes first', () => {
  const of = (stages: string, rest: Omit<TermsText, 'stages'> = {}) => parseTerms({ stages, ...rest })

  test.each([
    ['more votes', of('3 of anyone'), of('1 of group:a then 1 of group:b')],
    ['more stages', of('1 of anyone then 1 of anyone'), of('2 of group:a')],
    ['fewer stages for anyone', of('1 of group:a or group:b'), of('1 of anyone')],
    ['fewer who count', of('1 of group:a'), of('1 of group:a or group:b')],
    [
      'no fallback',
      of('1 of group:a', { answerWithin: '1h' }),
      of('1 of group:a', { answerWithin: '1h', escalateAfter: '5m', escalateTo: 'anyone' }),
    ],
    ['less time to answer', of('1 of group:a', { answerWithin: '5m' }), of('1 of group:a')],
    ['less time to use', of('1 of group:a', { useWithin: '5m' }), of('1 of group:a', { useWithin: '6m' })],
    ['what is asked, before the default', of('1 of anyone', { useWithin: '5m' }), null],
  ])('by %s', (_why, stricter, laxer) => {
    expect(byTermsStrictness(stricter, laxer)).toBeLessThan(0)
    expect(byTermsStrictness(laxer, stricter)).toBeGreaterThan(0)
    expect(byTermsStrictness(stricter, stricter)).toBe(0)
  })

  test('and where they are equally strict every instance takes the same', () => {
    const [a, b] = [of('1 of group:a'), of('1 of group:b')]
    expect(Math.sign(byTermsStrictness(a, b))).toBe(-Math.sign(byTermsStrictness(b, a)))
    expect(byTermsStrictness(a, b)).not.toBe(0)
  })
})
