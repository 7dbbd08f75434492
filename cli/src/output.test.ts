import { expect, test } from 'vitest'
import { paintFor, paintWord } from './colour.ts'
import { printable, table } from './output.ts'

const terminal = { isTTY: true, hasColors: () => true } as unknown as NodeJS.WriteStream

test('what an agent chose cannot move the cursor or hide text in a terminal', () => {
  expect(printable('a\u001b[2Jb\u202ec\n')).toBe('a\\u001b[2Jb\\u202ec\\u000a')
  expect(table(['NAME'], [['\u001b[31m']])).not.toContain('\u001b')
})

test.each([
  ['a pipe or a file', { isTTY: false, hasColors: () => true }],
  ['a terminal without colours, or with NO_COLOR', { isTTY: true, hasColors: () => false }],
])('there is no colour in %s', (_, stream) => {
  const paint = paintFor(stream as unknown as NodeJS.WriteStream)
  expect(paint('bad', 'text')).toBe('text')
  expect(paintWord(paint, 'DENY')).toBe('DENY')
})

test('on a terminal a verdict has its colour, and a name that only contains one has none', () => {
  const paint = paintFor(terminal)
  expect(paintWord(paint, 'DENY ')).toBe('\u001b[31mDENY \u001b[39m')
  expect(paintWord(paint, 'allow')).toBe('\u001b[32mallow\u001b[39m')
  expect(paintWord(paint, 'deny-agent')).toBe('deny-agent')
})
