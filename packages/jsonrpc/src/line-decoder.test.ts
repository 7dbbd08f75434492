import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineDecoder } from './line-decoder.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const read = (lines: (Uint8Array | null)[]) =>
  lines.map((line) => (line === null ? null : new TextDecoder().decode(line)))

test('lines come out the same wherever the bytes are cut', () => {
  const whole = bytes('{"a":1}\n\n{"b":"ü"}\r\nrest')
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length)), (cuts) => {
      const decoder = lineDecoder({ maxBytes: 100 })
      const at = [0, ...cuts.sort((a, b) => a - b), whole.length]
      const lines = at.slice(1).flatMap((end, i) => decoder.push(whole.subarray(at[i], end)))
      expect(read(lines)).toEqual(['{"a":1}', '{"b":"ü"}'])
    }),
  )
})

test('nothing of a line that is too long is kept, and the next one is read', () => {
  const decoder = lineDecoder({ maxBytes: 5 })
  expect(read(decoder.push(bytes('12345')))).toEqual([])
  expect(read(decoder.push(bytes('6')))).toEqual([null])
  expect(read(decoder.push(bytes('789')))).toEqual([])
  expect(read(decoder.push(bytes('\n12345\n')))).toEqual(['12345'])
  expect(read(decoder.push(bytes('1234567\n8\n')))).toEqual([null, '8'])
})
