import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeywordAutomaton } from './keyword-automaton.ts'

const hits = (keywords: readonly string[], text: string) => {
  const found: [number, number][] = []
  new KeywordAutomaton(keywords).search(text, (keyword, end) => found.push([keyword, end]))
  return found.sort(([a, x], [b, y]) => a - b || x - y)
}

/** Each keyword at each place, one after the other. */
const naive = (keywords: readonly string[], text: string) =>
  keywords.flatMap((keyword, index) =>
    Array.from({ length: text.length + 1 }, (_, end) => [index, end] as [number, number]).filter(
      ([, end]) =>
        end >= keyword.length &&
        text.slice(end - keyword.length, end).toLowerCase() === keyword.toLowerCase(),
    ),
  )

test('finds what a search for each keyword finds', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '-', '/'), minLength: 1, maxLength: 4 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', '-', '/', 'ä', '😀'), maxLength: 40 })
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), text, (keywords, content) => {
      expect(hits(keywords, content)).toEqual(naive(keywords, content))
    }),
  )
})

test('a character that is not ASCII is in no keyword', () => {
  expect(() => new KeywordAutomaton(['contraseña'])).toThrow(/is not of ASCII characters/)
  // U+212A, the sign for kelvin, is a k to toLowerCase.
  expect(hits(['k'], '\u212a')).toEqual([])
})
