import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalArguments, messageMeta, tellingArguments } from './canonical-arguments.ts'
import { decodeJson } from './decode-json.ts'
import { decodeMessage } from './decode-message.ts'
import { exactly, exactValue } from './exact-value.ts'
import { parseExactly } from './parse-exactly.ts'

const LEXEMES = [
  '1234567890123456789',
  '12345678901234567890123',
  '0.1000000000000000055',
  '-0',
  '-0.0',
  '0.0',
  '1.0',
  '1E2',
  '1e2',
  '0.0000001',
  '9007199254740993',
  '100000000000000000000000',
]
const PLAIN = [
  '1e-7',
  '0',
  '-1',
  '15',
  '123456789012345',
  '9007199254740992',
  '0.1',
  '-12.5',
  '0.000001',
  '1.7976931348623157e+308',
]

/** Any number that JSON can have. */
const lexeme = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.stringMatching(/^(?:0|[1-9]\d{0,24})$/),
    fc.option(fc.stringMatching(/^\d{1,22}$/)),
    fc.option(fc.stringMatching(/^[eE][-+]?\d{1,2}$/)),
  )
  .map(
    ([sign, digits, fraction, exponent]) =>
      `${sign}${digits}${fraction === null ? '' : `.${fraction}`}${exponent ?? ''}`,
  )

describe('numbers that JavaScript would write differently', () => {
  test.each(LEXEMES)('are told, and kept as they were sent: %s', (one) => {
    const decoded = decodeJson(`{ "a": [${one}, 1], "b": {"c": ${one}} }`)
    expect(decoded.rounded).toBe(true)
    expect(JSON.stringify(exactly(decoded))).toBe(decoded.canonical)
    expect(JSON.stringify(parseExactly(decoded.canonical))).toBe(decoded.canonical)
  })

  test.each(PLAIN)('are no others: %s', (one) => {
    const decoded = decodeJson(`[${one}]`)
    expect(decoded.rounded).toBeUndefined()
    expect(exactly(decoded)).toBe(decoded.value)
  })

  test('are found among all that JSON can have', () => {
    fc.assert(
      fc.property(lexeme, (one) => {
        const { rounded, canonical } = decodeJson(`[${one}]`)
        expect(rounded === true).toBe(String(Number(one)) !== one)
        expect(JSON.stringify(exactValue(canonical))).toBe(`[${one}]`)
        expect(JSON.stringify(parseExactly(canonical))).toBe(`[${one}]`)
      }),
      { numRuns: 3_000 },
    )
  })
})

test('any value is read exactly as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const { canonical, value } = decodeJson(JSON.stringify(JSON.parse(json)))
      if (!canonical.includes('-0')) expect(exactValue(canonical)).toEqual(value)
      expect(JSON.stringify(exactValue(canonical))).toBe(canonical)
    }),
  )
})

describe('the arguments of a message that are told', () => {
  const read = (text: string) => decodeMessage(`{"jsonrpc":"2.0",${text}}`)
  const told = (text: string) => JSON.stringify(tellingArguments(read(text)))

  test('have the numbers as they were sent', () => {
    expect(told('"id":1,"method":"tools/call","params":{"name":"pay","arguments":{"to":1E2,"n":1}}')).toBe(
      '{"to":1E2,"n":1}',
    )
    expect(told('"id":1,"method":"x/y","params":[1.0]')).toBe('{"method":"x/y","params":[1.0]}')
  })

  test('of an answer are its result, or its error', () => {
    const result = '"id":"a","result":{"action":"accept","content":{"n":1234567890123456789}}'
    expect(told(result)).toBe('{"action":"accept","content":{"n":1234567890123456789}}')
    expect(canonicalArguments(read(result))).toBe('{"action":"accept","content":{"n":1234567890123456789}}')
    expect(told('"id":"a","error":{"code":-1,"message":"no"}')).toBe('{"error":{"code":-1,"message":"no"}}')
  })

  test.each(['tools/call', 'prompts/get', 'vendor/odd'])(
    'and their digest leave out _meta, which is told apart: %s',
    (method) => {
      const call = (meta: string) =>
        `"id":1,"method":"${method}","params":{"name":"x","arguments":{"a":1}${meta}}`
      const withMeta = call(',"_meta":{"callId":1.0}')
      expect(told(withMeta)).toBe(told(call('')))
      expect(canonicalArguments(read(withMeta))).toBe(canonicalArguments(read(call(''))))
      expect(JSON.stringify(messageMeta(read(withMeta)))).toBe('{"callId":1.0}')
      expect(messageMeta(read(call('')))).toBeUndefined()
    },
  )
})
