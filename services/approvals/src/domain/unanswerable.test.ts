import type { CountedVote } from '@sallyport/approval'
import { parseSelectors, parseStages } from '@sallyport/policy'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Candidate, unanswerable } from './unanswerable.ts'

const one = (id: string, ...groups: string[]): Candidate => ({
  id,
  personId: id,
  roles: ['approver'],
  groups,
})
const asked = (text: string, change: Partial<Parameters<typeof unanswerable>[0]> = {}) => ({
  status: 'pending' as const,
  gateway: { id: 'gw-1', name: 'code-agent' },
  risk: 'medium' as const,
  stages: parseStages(text),
  stage: 0,
  fallback: [],
  escalateAt: null,
  excluded: [],
  editors: [],
  votes: [],
  ...change,
})

test('a group of nobody is said, with the stage and what it needs', () => {
  expect(unanswerable(asked('1 of group:a then 2 of group:b'), [one('p', 'a')])).toBe(
    'stage 2 needs 2 of group:b, and nobody can vote for it',
  )
})

test('too few are said, and enough are not', () => {
  const two = [one('p', 'a'), one('q', 'a')]
  expect(unanswerable(asked('2 of group:a'), two)).toBeUndefined()
  expect(unanswerable(asked('2 of group:a'), two.slice(1))).toBe(
    'stage 1 needs 2 of group:a, and only 1 can vote for it',
  )
  expect(unanswerable(asked('1 of anyone'), [])).toBe('stage 1 needs 1 of anyone, and nobody can vote for it')
})

test('somebody who is needed for two stages has one vote', () => {
  expect(unanswerable(asked('1 of group:a then 1 of group:b'), [one('p', 'a', 'b')])).toBe(
    'stage 1 needs 1 of group:a and stage 2 needs 1 of group:b, and only 1 can vote for it',
  )
  expect(
    unanswerable(asked('1 of group:a then 1 of group:b'), [one('p', 'a', 'b'), one('q', 'b')]),
  ).toBeUndefined()
})

test('the excluded do not count, nor those who have voted', () => {
  const excluded = [{ personId: 'p', why: 'owner' as const }]
  expect(unanswerable(asked('1 of group:a', { excluded }), [one('p', 'a')])).toMatch(/nobody can vote/)
  expect(unanswerable(asked('1 of anyone', { excluded }), [one('p', 'a')])).toMatch(/nobody can vote/)
  const votes = [{ stage: 0, voter: { id: 'p' } }] as unknown as readonly CountedVote[]
  expect(unanswerable(asked('2 of group:a', { votes }), [one('p', 'a')])).toBe(
    'stage 1 needs 1 of group:a, and nobody can vote for it',
  )
})

test('the fallback counts before it is asked, as it will be', () => {
  const fallback = parseSelectors('group:m', 'test')
  const escalateAt = '2026-11-21T09:10:00.000Z'
  expect(unanswerable(asked('1 of group:a', { fallback, escalateAt }), [one('m', 'm')])).toBeUndefined()
})

test('what is not pending is not said of', () => {
  expect(unanswerable(asked('1 of group:a', { status: 'approved' }), [])).toBeUndefined()
})

test('it says so exactly where no assignment of people to stages is left', () => {
  const group = fc.constantFrom('a', 'b', 'c')
  const candidates = fc.array(fc.uniqueArray(group, { maxLength: 3 }), { maxLength: 5 })
  const stage = fc.tuple(fc.integer({ min: 1, max: 2 }), group)
  fc.assert(
    fc.property(candidates, fc.array(stage, { minLength: 1, maxLength: 3 }), (groups, stages) => {
      const people = groups.map((names, index) => one(`p${index}`, ...names))
      const text = stages.map(([need, name]) => `${need} of group:${name}`).join(' then ')
      const seats = stages.flatMap(([need, name]) => Array<string>(need).fill(name))
      const fills = (left: readonly string[], free: readonly Candidate[]): boolean => {
        const [seat, ...rest] = left
        if (seat === undefined) return true
        return free.some(
          (who) =>
            who.groups.includes(seat) &&
            fills(
              rest,
              free.filter((other) => other !== who),
            ),
        )
      }
      expect(unanswerable(asked(text), people) === undefined).toBe(fills(seats, people))
    }),
    { numRuns: 2000 },
  )
})

test('a bot counts only where its limits let it vote', () => {
  const limits = { gateways: null, risk: null, perMinute: null, stages: null, advisory: false }
  const bot = (change: object): Candidate => ({
    ...one('b', 'a'),
    personId: null,
    limits: { ...limits, ...change },
  })
  const of = (change: object) => unanswerable(asked('1 of group:a'), [bot(change)])
  const group = (name: string) => ({ kind: 'group' as const, name, id: null })
  expect(of({})).toBeUndefined()
  expect(of({ gateways: ['gw-1'], risk: 'medium', stages: [group('a')] })).toBeUndefined()
  for (const change of [{ gateways: ['gw-2'] }, { risk: 'low' }, { stages: [group('b')] }])
    expect(of(change)).toBe('stage 1 needs 1 of group:a, and nobody can vote for it')
  expect(unanswerable(asked('1 of anyone'), [bot({ risk: 'low' })])).toContain('nobody can vote')
})
