import { expect, test } from 'vitest'
import { LastWords } from './last-words.ts'

function linesOf(text: string, secrets: readonly string[] = []): readonly string[] {
  const words = new LastWords(secrets)
  for (let at = 0; at < text.length; at += 1000) words.push(Buffer.from(text.slice(at, at + 1000)))
  return words.lines()
}

test('the last lines are kept, in their order and without empty ones', () => {
  expect(linesOf('')).toEqual([])
  expect(linesOf('one\r\n\n  two\nthree')).toEqual(['one', '  two', 'three'])
  const many = Array.from({ length: 5000 }, (_, n) => `line ${n}`)
  expect(linesOf(many.join('\n'))).toEqual(many.slice(-10))
})

test('a long line is cut, and one whose beginning is not kept is left out', () => {
  expect(linesOf('x '.repeat(1000))).toEqual([`${'x '.repeat(150)}…`])
  expect(linesOf('x '.repeat(50_000))).toEqual([])
  expect(linesOf(`${'x '.repeat(50_000)}\nthe end`)).toEqual(['the end'])
})

test.each([
  ['\u001b[31mred\u0007', '\\u001b[31mred\\u0007'],
  ['a\u202eb\u200bc', 'a\\u202eb\\u200bc'],
])('what cannot be seen in %j is made visible', (text, shown) => {
  expect(linesOf(text)).toEqual([shown])
})

test('secrets are taken out: those that look like one, and the values that the server was given', () => {
  const token = `ghp_${'a1B2'.repeat(9)}`
  const [looks = '', given = ''] = linesOf(`bad token ${token}\nbad plain-words\nab`, ['plain-words', 'ab'])
  expect(looks).not.toContain(token)
  expect(given).toBe('bad [redacted]')
})
