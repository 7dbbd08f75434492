import { expect, test } from 'vitest'
import { changedMiddle } from './changed-middle.ts'

const parts = (before: string, after: string) => {
  const compared = changedMiddle(before, after)
  return [compared.before, compared.after].map(({ start, middle, end }) => [start, middle, end])
}

test('what differs is between what both begin and end with', () => {
  expect(parts('Sends a note', 'Sends a secret note')).toEqual([
    ['Sends a ', '', 'note'],
    ['Sends a ', 'secret ', 'note'],
  ])
})

test('a text that repeats itself is not counted twice', () => {
  expect(parts('aa', 'aaa')).toEqual([
    ['aa', '', ''],
    ['aa', 'a', ''],
  ])
})

test('equal texts have nothing that differs, and a character is never cut in two', () => {
  expect(parts('same', 'same')[0]).toEqual(['same', '', ''])
  expect(parts('😀', '😁')).toEqual([
    ['', '😀', ''],
    ['', '😁', ''],
  ])
})
