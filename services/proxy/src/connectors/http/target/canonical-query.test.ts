import { expect, test } from 'vitest'
import { TargetRefused } from '../errors.ts'
import { canonicalQuery, queryArguments } from './canonical-query.ts'

test.each([
  [null, null],
  ['', ''],
  ['a=1&b=%7e%2f', 'a=1&b=~%2F'],
  ['a[]=1&q=x|y', 'a%5B%5D=1&q=x%7Cy'],
  ['q=a+b%20c', 'q=a+b%20c'],
  ['path=../x', 'path=../x'],
  ['q=%e9', 'q=%E9'],
  ['a=\\', 'a=%5C'],
])('the query %j is forwarded as %j', (raw, query) => {
  expect(canonicalQuery(raw)).toBe(query)
  expect(canonicalQuery(query)).toBe(query)
})

test.each(['a=%', 'a=%g1', 'a=1#b', 'a=\u00e9', 'a=\u0000'])('the query %j is refused', (raw) => {
  expect(() => canonicalQuery(raw)).toThrow(TargetRefused)
})

test('a person reads it decoded, and a name that stands twice as a list', () => {
  expect(queryArguments('q=a+b%20c&id=1&id=2&flag&&empty=&bad=%E9')).toEqual({
    q: 'a b c',
    id: ['1', '2'],
    flag: '',
    empty: '',
    bad: '%E9',
  })
  expect(queryArguments(null)).toEqual({})
})

test('a name that is special to JavaScript is one like any other', () => {
  expect(Object.entries(queryArguments('__proto__=1&constructor=2'))).toEqual([
    ['__proto__', '1'],
    ['constructor', '2'],
  ])
})
