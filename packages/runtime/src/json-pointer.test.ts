import { expect, test } from 'vitest'
import { escapePointerKey, pointerKeys, pointerOf } from './json-pointer.ts'

test.each([
  ['', []],
  ['/', ['']],
  ['/a~1b/m~0n/0', ['a/b', 'm~n', '0']],
  ['/~01', ['~1']],
])('%j has the keys %j, and they make it again', (pointer, keys) => {
  expect(pointerKeys(pointer)).toEqual(keys)
  expect(pointerOf(keys)).toBe(pointer)
})

test.each(['a', '/a~', '/a~2'])('%s is no pointer', (text) => {
  expect(pointerKeys(text)).toBeUndefined()
})

test('an index stands as it is', () => {
  expect([pointerOf(['list', 3]), escapePointerKey('~/')]).toEqual(['/list/3', '~0~1'])
})
