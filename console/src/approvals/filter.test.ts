import { expect, test } from 'vitest'
import type { Approval } from '../api/types.ts'
import { countsByAge, filtered, filterOf } from './filter.ts'

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
const CALLS = [asked(1), asked(4), asked(6, { risk: 'high' }), asked(45), asked(500, { upstream: 'stripe' })]
const idsOf = (search: Record<string, unknown>) =>
  filtered(CALLS, filterOf(search), NOW).map(({ approvalId }) => approvalId)

test('calls are counted by how long they have waited, within the rest of the filter', () => {
  expect(countsByAge(CALLS, {}, NOW)).toEqual({ fresh: 2, minutes: 1, hour: 1, old: 1 })
  expect(countsByAge(CALLS, { age: 'old', risk: 'high' }, NOW)).toEqual({
    fresh: 0,
    minutes: 1,
    hour: 0,
    old: 0,
  })
})

test.each([
  [{ text: 'RELEASE stripe' }, ['a500']],
  [{ risk: 'high' }, ['a6']],
  [{ age: 'fresh' }, ['a1', 'a4']],
  [{ age: 'fresh', risk: 'high' }, []],
  [{ age: 'ancient', risk: 7, text: ['x'], show: 'all' }, ['a1', 'a4', 'a6', 'a45', 'a500']],
] as const)('an address with %j shows %j', (search, ids) => expect(idsOf(search)).toEqual(ids))
