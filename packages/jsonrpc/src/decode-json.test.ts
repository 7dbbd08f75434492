import { SallyportError } from '@sallyport/runtime'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeJson } from './decode-json.ts'
import { decodeMessage } from './decode-message.ts'
import { sortedText } from './sorted-text.ts'

const key = fc
  .string({ unit: 'grapheme' })
  .filter((text) => !['__proto__', 'constructor', 'prototype'].includes(text) && !text.includes('\0'))
const leaf = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.constant(null),
)
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('tree'), { maxLength: 6 }),
    fc.dictionary(key, tie('tree'), { maxKeys: 20, noNullPrototype: true }),
  ),
}))

const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\r', '\n'), maxLength: 3 })
const lexeme = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.constant('0'), fc.bigInt({ min: 1n, max: 10n ** 40n }).map(String)),
    fc.oneof(
      fc.constant(''),
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1 }).map((d) => `.${d}`),
    ),
    fc.oneof(
      fc.constant(''),
      fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-'), fc.nat(200)).map((e) => e.join('')),
    ),
  )
  .map((parts) => parts.join(''))

/** The same value written another way: whitespace anywhere, any character of a string as an escape. */
function writeLoosely(value: unknown, gen: fc.GeneratorValue): string {
  const gap = () => gen(() => space)
  if (typeof value === 'string') {
    const units = Array.from({ length: value.length }, (_, i) => {
      const unit = JSON.stringify(value[i]).slice(1, -1)
      const code = value.charCodeAt(i)
      const mustEscape = unit.length > 1 || gen(fc.boolean)
      if (!mustEscape) return value[i]
      const hex = code.toString(16).padStart(4, '0')
      return gen(fc.boolean) ? `\\u${hex}` : `\\u${hex.toUpperCase()}`
    })
    return `"${units.join('')}"`
  }
  if (Array.isArray(value))
    return `[${gap()}${value.map((item) => writeLoosely(item, gen) + gap()).join(`,${gap()}`)}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([name, item]) => `${writeLoosely(name, gen)}${gap()}:${gap()}${writeLoosely(item, gen)}${gap()}`,
  )
  return `{${gap()}${members.join(`,${gap()}`)}}`
}

function accepted(source: Uint8Array): ReturnType<typeof decodeJson> | undefined {
  try {
    return decodeJson(source)
  } catch (thrown) {
    if (thrown instanceof SallyportError) return undefined
    throw thrown
  }
}

describe('decodeJson', () => {
  it('reads what JSON.stringify writes and returns the very same text', () => {
    fc.assert(
      fc.property(tree, (value) => {
        const text = JSON.stringify(value)
        expect(decodeJson(Buffer.from(text))).toEqual({ value: JSON.parse(text), canonical: text })
      }),
    )
  })

  it('reads every way to write a value as that value, and writes it one way', () => {
    fc.assert(
      fc.property(tree, fc.gen(), (value, gen) => {
        const text = writeLoosely(value, gen)
        const decoded = decodeJson(Buffer.from(text))
        expect(decoded.value).toEqual(JSON.parse(text))
        expect(decoded.canonical).toBe(JSON.stringify(value))
        expect(decodeJson(decoded.canonical).canonical).toBe(decoded.canonical)
      }),
    )
  })

  it('keeps number lexemes in canonical and in sorted text', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(space, lexeme)), (numbers) => {
        const text = `{"z":[${numbers.map(([gap, number]) => gap + number).join(',')}],"a":0}`
        const kept = `[${numbers.map(([, number]) => number).join(',')}]`
        const { canonical } = decodeJson(Buffer.from(text))
        expect(canonical).toBe(`{"z":${kept},"a":0}`)
        expect(sortedText(canonical)).toBe(`{"a":0,"z":${kept}}`)
      }),
    )
  })

  it('accepts of mutated bytes only what JSON.parse reads the same, and throws nothing but our errors', () => {
    const bytes = fc.oneof(
      tree.map((value) => Buffer.from(JSON.stringify(value))),
      tree.map((value) => Buffer.from(JSON.stringify(value, null, 2))),
    )
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.nat(3),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        fc
          .constantFrom(
            '"',
            '\\',
            '\\u',
            '\\ud800',
            '{',
            '}',
            '[',
            ']',
            ',',
            ':',
            '0',
            '-',
            '.',
            'e',
            '\0',
            '"a":1,',
          )
          .map((text) => Buffer.from(text)),
      ),
    })
    fc.assert(
      fc.property(bytes, fc.array(edit, { minLength: 1, maxLength: 4 }), (original, edits) => {
        let mutated = original
        for (const { at, remove, insert } of edits) {
          const start = Math.floor(at * mutated.length)
          mutated = Buffer.concat([mutated.subarray(0, start), insert, mutated.subarray(start + remove)])
        }
        const decoded = accepted(mutated)
        if (decoded === undefined) return
        expect(decoded.value).toEqual(JSON.parse(mutated.toString()))
        expect(decodeJson(decoded.canonical)).toEqual(decoded)
        expect(JSON.parse(sortedText(decoded.canonical))).toEqual(decoded.value)
      }),
      { numRuns: 2_000 },
    )
  })

  it('accepts all of RFC 8259 but what is named: whatever JSON.parse takes is taken or refused by a rule', () => {
    const stricter = new Set([
      ...['bom', 'duplicate-key', 'unsafe-key', 'nul-in-key', 'lone-surrogate'],
      ...['number-range', 'number-length'],
    ])
    const token = fc.constantFrom(
      ...'{}[],:"\\ \n\tu0d8-+.eE1at',
      'true',
      'null',
      '"a":',
      '"b":',
      '\\u0061',
      '\\ud83d',
    )
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const text = tokens.join('')
        let native = true
        try {
          JSON.parse(text)
        } catch {
          native = false
        }
        try {
          decodeJson(Buffer.from(text))
          expect(native).toBe(true)
        } catch (thrown) {
          if (!(thrown instanceof SallyportError)) throw thrown
          if (native) expect(stricter).toContain((thrown as { rule?: string }).rule)
        }
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('decodeMessage', () => {
  it('throws nothing but our errors whatever the members hold', () => {
    const odd = fc.oneof(tree, fc.constantFrom('2.0', 'tools/call', 1, null, {}, [], { name: 'x' }))
    const member = fc.constantFrom('jsonrpc', 'id', 'method', 'params', 'result', 'error', 'Id', 'x')
    fc.assert(
      fc.property(fc.dictionary(member, odd), fc.boolean(), (message, inBatch) => {
        const text = JSON.stringify(inBatch ? [message] : message)
        try {
          expect(decodeMessage(Buffer.from(text), { allowBatch: true }).canonical).toBe(text)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(SallyportError)
        }
      }),
    )
  })
})
