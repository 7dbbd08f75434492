import { expect, test } from 'vitest'
import { LogFlood } from './log-flood.ts'

test('a message passes 200 times in ten seconds; what follows is counted and told with the first that passes again', () => {
  let now = 0
  const flood = new LogFlood(() => now)
  const passed = Array.from({ length: 260 }, () => flood.pass('a request broke the rules of HTTP'))
  expect(passed.filter((leftOut) => leftOut === 0)).toHaveLength(200)
  expect(flood.leftOut()).toBe(60)
  now = 10_000
  expect(flood.pass('a request broke the rules of HTTP')).toBe(60)
})

test('a flood of one message hides no other', () => {
  const flood = new LogFlood(() => 0)
  for (let line = 0; line < 1000; line += 1) flood.pass('a request broke the rules of HTTP')
  expect(flood.pass('the event log cannot be reached')).toBe(0)
})
