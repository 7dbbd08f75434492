import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redact } from './redact.ts'
import { searchText } from './search-text.ts'

test('keys, strings and numbers become flat words', () => {
  const { value } = redact({ title: 'a\n  bug', labels: ['ui', 7], open: true, token: 'x', none: null })
  expect(searchText(value)).toBe('title a bug labels ui 7 open token [redacted:key, 1 characters] none')
})

test('the words take at most 4 KiB, whole characters only', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀', ' '), maxLength: 2_000 })),
      (texts) => {
        const words = searchText(texts)
        expect(Buffer.byteLength(words)).toBeLessThanOrEqual(4 * 1024)
        expect(words).not.toContain('\ufffd')
      },
    ),
  )
})

test('any redacted value has words', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(typeof searchText(redact(value).value)).toBe('string')
    }),
  )
})
