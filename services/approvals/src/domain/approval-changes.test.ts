import { expect, test } from 'vitest'
import { ApprovalChanges } from './approval-changes.ts'

const at = (offset: number, partition = 0) => ({ partition, offset })
const all = () => true

test('what changed since is told once each, in the order of the last changes, over all partitions', () => {
  const changes = new ApprovalChanges()
  changes.note(at(0), ['a'])
  changes.note(at(0, 1), ['b'])
  changes.note(at(1), ['c'])
  changes.note(at(2), [])
  changes.note(at(3), ['a'])
  expect(changes.since({}, all)).toEqual(['b', 'c', 'a'])
  expect(changes.since({ 0: 1, 1: 1 }, all)).toEqual(['c', 'a'])
  expect(changes.since({ 0: 3, 1: 1 }, all)).toEqual(['a'])
  expect(changes.since({ 0: 4, 1: 1 }, all)).toEqual([])
})

test('whoever would miss a change of something forgotten cannot go on, and a later one can', () => {
  const changes = new ApprovalChanges()
  changes.note(at(0), ['forgotten'])
  changes.note(at(1), ['kept'])
  const isKept = (id: string) => id === 'kept'
  expect(changes.since({ 0: 0 }, isKept)).toBeUndefined()
  expect(changes.since({ 0: 1 }, isKept)).toEqual(['kept'])
})

test('the same holds once the forgotten are swept out', () => {
  const changes = new ApprovalChanges()
  for (let nth = 0; nth < 1100; nth++) changes.note(at(nth), [`gone-${nth}`])
  changes.note(at(1100), ['kept'])
  const isKept = (id: string) => id === 'kept'
  changes.sweep(1, isKept)
  expect(changes.since({ 0: 1099 }, isKept)).toBeUndefined()
  expect(changes.since({ 0: 1100 }, isKept)).toEqual(['kept'])
})

test('a log whose head is not kept cannot tell what was in it', () => {
  const changes = new ApprovalChanges()
  changes.note(at(7), ['a'])
  expect(changes.since({ 0: 6 }, all)).toBeUndefined()
  expect(changes.since({ 0: 7 }, all)).toEqual(['a'])
})
