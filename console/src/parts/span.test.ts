import { expect, test } from 'vitest'
import { span } from './span.ts'

test.each([
  [-5000, '0 s'],
  [59_999, '59 s'],
  [61_000, '1 min'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [90_000_000, '1 d 1 h'],
])('%i ms is %s', (ms, text) => expect(span(ms)).toBe(text))
