import { expect, test } from 'vitest'
import { ActRuns } from './act-runs.ts'
import type { AdminLine, TimelineItem } from './items.ts'

const act = (seconds: number, change: Partial<AdminLine> = {}): AdminLine => ({
  kind: 'admin',
  eventId: `e-${seconds}`,
  at: new Date(Date.UTC(2026, 10, 21, 12, 0, seconds)).toISOString(),
  by: { type: 'person', name: 'dana' },
  act: 'permission.set',
  gateway: 'local',
  summary: 'permission set: …',
  reason: null,
  effect: 'done',
  rejection: null,
  ...change,
})

function told(...items: readonly TimelineItem[]): (string | undefined)[] {
  const runs = new ActRuns()
  const lines = [...items.flatMap((item) => runs.push(item)), ...runs.end()]
  return lines.map((item) => (item.kind === 'admin' ? item.summary : item.kind))
}
const set = 'permission set: …'

test('the permissions of a preset are one line, and what is before and behind stays', () => {
  const run = [1, 1, 2, 3, 4].map((seconds) => act(seconds))
  const removed = act(5, { act: 'permission.removed', summary: 'permission removed: …' })
  expect(
    told(act(0, { act: 'gateway.added', summary: 'gateway local added' }), ...run, removed, act(30)),
  ).toEqual(['gateway local added', 'permissions of local: 5 set, 1 removed (--wide has each)', set])
})

test.each<[string, AdminLine[]]>([
  ['few', [act(1), act(1), act(2)]],
  ['far apart', [act(0), act(5), act(10), act(15)]],
  ['of several gateways', ['a', 'b', 'a', 'b'].map((gateway) => act(1, { gateway }))],
  ['by several people', ['a', 'b', 'a', 'b'].map((name) => act(1, { by: { type: 'person', name } }))],
  ['rejected', [1, 1, 1, 1].map((seconds) => act(seconds, { effect: 'rejected' }))],
])('changes that are %s are told one by one', (_, items) => {
  expect(told(...items)).toEqual(items.map(() => set))
})

test('of a run that may have begun before the first line, the count says so, and of no later one', () => {
  const runs = new ActRuns({ cut: true })
  const items = [1, 1, 1, 1, 30, 30, 30, 30].map((seconds) => act(seconds))
  const lines = [...items.flatMap((item) => runs.push(item)), ...runs.end()]
  expect(lines.map((item) => (item.kind === 'admin' ? item.summary : ''))).toEqual([
    'permissions of local: 4 set or more (--wide has each)',
    'permissions of local: 4 set (--wide has each)',
  ])
})
