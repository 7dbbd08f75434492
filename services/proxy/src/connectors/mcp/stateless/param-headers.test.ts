import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeHeaderValue, encodeHeaderValue } from './header-value.ts'
import { disagreeingParamHeader, emitParamHeaders, paramHeaders } from './param-headers.ts'

const text = { type: 'string', 'x-mcp-header': 'Text' }
const schema = (properties: object) => ({ type: 'object', properties }) as never

describe('the arguments that a schema wants mirrored', () => {
  test('are found through any depth of properties', () => {
    const found = paramHeaders(
      schema({ a: text, b: schema({ c: { type: 'boolean', 'x-mcp-header': 'C' } }) }),
    )
    expect(found.map(({ path, field }) => [path.join('.'), field])).toEqual([
      ['a', 'Mcp-Param-Text'],
      ['b.c', 'Mcp-Param-C'],
    ])
  })

  test('may be called like the annotation itself', () => {
    expect(paramHeaders(schema({ 'x-mcp-header': text }))).toHaveLength(1)
  })

  test.each<[string, object]>([
    ['two of one name', { a: text, b: { type: 'string', 'x-mcp-header': 'TEXT' } }],
    ['a name that breaks out of its line', { a: { type: 'string', 'x-mcp-header': 'a\r\nb' } }],
    ['no name', { a: { type: 'string', 'x-mcp-header': '' } }],
    ['an object', { a: { type: 'object', 'x-mcp-header': 'A' } }],
    ['no type', { a: { 'x-mcp-header': 'A' } }],
    ['an element of a list', { a: { type: 'array', items: text }, b: text }],
    ['a branch', { a: { anyOf: [text] }, b: text }],
    ['a definition', { a: { $defs: { deep: { properties: { x: text } } } }, b: text }],
  ])('are not mirrored where the schema annotates %s', (_, properties) => {
    expect(paramHeaders(schema(properties))).toEqual([])
  })
})

describe('the fields for a call', () => {
  const declared = paramHeaders(
    schema({
      s: text,
      n: { type: 'integer', 'x-mcp-header': 'N' },
      b: { type: 'boolean', 'x-mcp-header': 'B' },
    }),
  )
  const read = (fields: readonly string[]) => {
    const byName = new Map(
      fields.flatMap((name, i) => (i % 2 ? [] : ([[name, fields[i + 1] ?? '']] as const))),
    )
    return (field: string) => byName.get(field)
  }

  test('agree with the arguments they were made of, and with no other text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        fc.integer(),
        fc.boolean(),
        (s, other, n, b) => {
          const fields = read(emitParamHeaders(declared, { s, n, b }))
          expect(disagreeingParamHeader(declared, { s, n, b }, fields)).toBeUndefined()
          if (other !== s)
            expect(disagreeingParamHeader(declared, { s: other, n, b }, fields)?.field).toBe('Mcp-Param-Text')
        },
      ),
    )
  })

  test('leave out what is null, missing, or more than a double can hold', () => {
    expect(emitParamHeaders(declared, { s: null, n: 2 ** 60 })).toEqual([])
    expect(disagreeingParamHeader(declared, { s: null, n: 2 ** 60 }, () => undefined)).toBeUndefined()
  })

  test.each([['42.0'], ['042'], ['42']])('may spell the number 42 as %s', (value) => {
    expect(disagreeingParamHeader(declared, { n: 42 }, () => value)).toBeUndefined()
  })

  test.each([['4.2e1'], ['0x2a'], [''], ['43'], [' 42']])('may not spell the number 42 as "%s"', (value) => {
    expect(disagreeingParamHeader(declared, { n: 42 }, () => value)?.field).toBe('Mcp-Param-N')
  })
})

describe('a text in a header field', () => {
  test('comes out as it went in, and holds only characters that a field can carry', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('=?base64?eA==?=')), (value) => {
        const encoded = encodeHeaderValue(value)
        expect(encoded).toMatch(/^[\x21-\x7e][\t\x20-\x7e]*$/)
        expect(encoded.trim()).toBe(encoded)
        expect(decodeHeaderValue(encoded)).toBe(value)
      }),
    )
  })

  test.each(['=?base64?SGVsbG8?=', '=?base64?SGVs!!!bG8=?=', '=?base64?/w==?='])(
    '%s stands for nothing',
    (value) => {
      expect(decodeHeaderValue(value)).toBeUndefined()
    },
  )

  test.each(['=?base64?SGVsbG8=', 'SGVsbG8=?=', '=?base64?='])('%s is taken as it is', (value) => {
    expect(decodeHeaderValue(value)).toBe(value)
  })
})
