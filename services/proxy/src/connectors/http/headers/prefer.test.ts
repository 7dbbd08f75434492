import { expect, test } from 'vitest'
import { preferencesBesideWait, preferredWait } from './prefer.ts'

test.each([
  ['wait=30', 30],
  ['respond-async, wait=10', 10],
  ['Wait = "5"', 5],
  ['wait=1, wait=900', 1],
  ['return=minimal', null],
  ['wait', null],
  ['wait=-1', null],
  ['wait=1.5', null],
  ['wait=9999999999', null],
  ['await=3', null],
  ['', null],
  [undefined, null],
])('Prefer: %s is a wait of %j seconds', (prefer, seconds) => {
  expect(preferredWait(prefer)).toBe(seconds)
})

test('a request is the same however long its client waits', () => {
  expect(preferencesBesideWait('wait=10, return=minimal, respond-async')).toBe('return=minimal')
  expect(preferencesBesideWait('wait=30')).toBe('')
})

test.each(['wait-for=x', 'respond-async-to=x', 'wait; x=1', 'wait=1; to=x', 'note="a, wait is x, b"'])(
  '%s is another preference, which an approval is bound to',
  (prefer) => {
    expect(preferencesBesideWait(prefer)).toBe(prefer)
  },
)
