import { expect, test } from 'vitest'
import type { Approval } from '../api/types.ts'
import { ageFrom, filterOf, fitsFilter, queryOf } from './filter.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const asked = (minutes: number, more: Partial<Approval> = {}) =>
  ({
    approvalId: `a${minutes}`,
    gateway: { id: 'g', name: 'release-agent' },
    upstream: 'github',
    action: 'mcp.tools.merge',
    rule: 'permission merge',
    risk: 'low',
    requestedAt: new Date(NOW - minutes * 60_000).toISOString(),
    ...more,
  }) as Approval
const CALLS = [asked(0), asked(4), asked(6, { risk: 'high' }), asked(45), asked(500, { upstream: 'stripe' })]
const idsOf = (search: Record<string, unknown>) =>
  CALLS.filter((call) => fitsFilter(call, filterOf(search), NOW)).map(({ approvalId }) => approvalId)

test.each([
  [{ text: 'RELEASE stripe' }, ['a500']],
  [{ risk: 'high' }, ['a6']],
  [{ age: 'new' }, ['a0']],
  [{ age: 'fresh', risk: 'high' }, []],
  [{ age: 'old' }, ['a500']],
  [{ age: 'ancient', risk: 7, text: ['x'], show: 'all' }, ['a0', 'a4', 'a6', 'a45', 'a500']],
] as const)('an address with %j shows %j', (search, ids) => expect(idsOf(search)).toEqual(ids))

test.each([
  [{}, ''],
  [{ text: 'a&b=c', risk: 'high' }, '&text=a%26b%3Dc&risk=high'],
  [{ age: 'fresh' }, '&waitedFromMs=60000&waitedToMs=300000'],
  [{ age: 'old' }, '&waitedFromMs=3600000'],
] as const)('%j is asked for as %j', (filter, query) => expect(queryOf(filter)).toBe(query))

test('a count of the API is of one age, and one that this page does not know of none', () => {
  expect([0, 60_000, 300_000, 900_000, 3_600_000].map(ageFrom)).toEqual([
    'new',
    'fresh',
    'minutes',
    'hour',
    'old',
  ])
  expect(ageFrom(1)).toBeUndefined()
})
