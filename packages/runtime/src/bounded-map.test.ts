import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BoundedMap } from './bounded-map.ts'

test('one entry more than a bounded map keeps drops the one that was set first', () => {
  const map = new BoundedMap<string, number>(2).set('a', 1).set('b', 2).set('c', 3)
  expect([...map]).toEqual([
    ['b', 2],
    ['c', 3],
  ])
})

test('an entry that is set again is the newest, and nothing is dropped for it', () => {
  const map = new BoundedMap<string, number>(2).set('a', 1).set('b', 2).set('a', 3)
  expect([...map.keys()]).toEqual(['b', 'a'])
  expect([...map.set('c', 4).keys()]).toEqual(['a', 'c'])
})

test('an entry that is read stays as old as it was', () => {
  const map = new BoundedMap<string, number>(2).set('a', 1).set('b', 2)
  expect(map.get('a')).toBe(1)
  expect([...map.set('c', 3).keys()]).toEqual(['b', 'c'])
})

test('of the entries it begins with a bounded map keeps the last', () => {
  const before = new Map([...'abc'].map((key) => [key, key]))
  expect([...new BoundedMap(2, before).keys()]).toEqual(['b', 'c'])
})

test('a key and a value may be anything a map takes, undefined too', () => {
  const map = new BoundedMap<unknown, unknown>(1).set(undefined, undefined).set(null, 1)
  expect([...map]).toEqual([[null, 1]])
})

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a map of at most %d entries is refused',
  (most) => {
    expect(() => new BoundedMap(most)).toThrow(RangeError)
  },
)

test('through sets, deletes and clears in any order a bounded map keeps what was set last', () => {
  const step = fc.oneof(
    { weight: 20, arbitrary: fc.record({ set: fc.nat(20) }) },
    { weight: 5, arbitrary: fc.record({ delete: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.constant('clear' as const) },
  )
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 200 }), (most, steps) => {
      const map = new BoundedMap<number, number>(most)
      let expected: number[] = []
      for (const [at, each] of steps.entries()) {
        if (each === 'clear') {
          map.clear()
          expected = []
        } else if ('set' in each) {
          map.set(each.set, at)
          expected = [...expected.filter((key) => key !== each.set), each.set].slice(-most)
        } else {
          map.delete(each.delete)
          expected = expected.filter((key) => key !== each.delete)
        }
        expect([...map.keys()]).toEqual(expected)
      }
    }),
  )
})
