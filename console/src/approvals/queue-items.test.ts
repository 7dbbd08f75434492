import { expect, test } from 'vitest'
import type { Approval } from '../api/types.ts'
import { queueItems } from './queue-items.ts'

const one = (approvalId: string, minute: number, change: Partial<Approval> = {}): Approval =>
  ({
    approvalId,
    status: 'pending',
    requestedAt: `2026-11-29T12:0${minute}:00Z`,
    expiresAt: `2026-11-29T13:0${minute}:00Z`,
    ...change,
  }) as Approval
const ids = (read: Partial<Parameters<typeof queueItems>[0]>) =>
  queueItems({ pages: [], complete: true, changes: new Map(), fits: () => true, ...read }).map(
    ({ approvalId }) => approvalId,
  )
const told = (...approvals: Approval[]) => new Map(approvals.map((each) => [each.approvalId, each]))

test('one that has ended goes, and one that came is there', () => {
  const changes = told(one('a', 1, { status: 'denied' }), one('c', 3))
  expect(ids({ pages: [one('a', 1), one('b', 2)], changes })).toEqual(['b', 'c'])
})

test('one that lies beyond the pages waits for its page', () => {
  const pages = [one('a', 1), one('c', 3)]
  const changes = told(one('b', 2), one('d', 4))
  expect(ids({ pages, changes, complete: false })).toEqual(['a', 'b', 'c'])
  expect(ids({ pages, changes })).toEqual(['a', 'b', 'c', 'd'])
})

test('one that does not fit the list is not put into it, and one of it is shown as it was told last', () => {
  const changes = told(one('b', 2), one('a', 1, { attachments: 4 }))
  const items = queueItems({ pages: [one('a', 1)], complete: true, changes, fits: () => false })
  expect(items.map(({ approvalId, attachments }) => [approvalId, attachments])).toEqual([['a', 4]])
})

test('where all of it was read, what runs out first is first', () => {
  const soon = one('z', 5, { expiresAt: '2026-11-29T12:06:00Z' })
  expect(ids({ pages: [one('a', 1), soon] })).toEqual(['z', 'a'])
  expect(ids({ pages: [one('a', 1), soon], complete: false })).toEqual(['a', 'z'])
})
