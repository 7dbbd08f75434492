import { expect, test } from 'vitest'
import { SpanInvalid } from './errors.ts'
import { parseSpan, spanText } from './span.ts'

test.each([
  ['90s', 90_000],
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['90d', 7_776_000_000],
])('%s is so many milliseconds, and is written so again', (text, ms) => {
  expect(parseSpan(text, 'time to decide')).toBe(ms)
  expect(parseSpan(spanText(ms), 'time to decide')).toBe(ms)
})

test.each([
  ['0s', /zero/],
  ['0m', /zero/],
  ['15', /not a time/],
  ['soon', /not a time/],
  ['', /not a time/],
  ['-5m', /not a time/],
  ['1.5h', /not a time/],
  ['5 m', /not a time/],
  ['5M', /not a time/],
  ['PT5M', /not a time/],
  ['2026-12-01T10:00:00', /not a time/],
  ['91d', /longer than 90 days/],
  ['9999999s', /not a time/],
])('%j is refused, by name', (text, why) => {
  expect(() => parseSpan(text, 'time to decide')).toThrow(SpanInvalid)
  expect(() => parseSpan(text, 'time to decide')).toThrow(why)
  expect(() => parseSpan(text, 'time to decide')).toThrow(/^time to decide/)
})
