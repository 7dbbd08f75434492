import { LimitExceeded, type SallyportError } from '@sallyport/runtime'
import { describe, expect, it } from 'vitest'
import { decodeJson } from './decode-json.ts'
import { decodeMessage } from './decode-message.ts'

function refusal(act: () => unknown): { code: string; limit: string; message: string } {
  try {
    act()
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(LimitExceeded)
    const { code, message } = thrown as SallyportError
    return { code, limit: (thrown as LimitExceeded).limit, message }
  }
  throw new Error('nothing was refused')
}

const call = (names: string[]) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{${names.map((name) => `"${name}":0`).join(',')}}}}`

describe('each limit of a JSON text has its own error', () => {
  it('levels', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(decodeJson(nested(64)).canonical).toHaveLength(128)
    expect(refusal(() => decodeJson(nested(65)))).toMatchObject({
      code: 'SP_JSON_TOO_DEEP',
      limit: 'JSON depth',
    })
    expect(refusal(() => decodeJson(nested(50_000))).code).toBe('SP_JSON_TOO_DEEP')
    expect(refusal(() => decodeJson('{"a":'.repeat(50_000))).code).toBe('SP_JSON_TOO_DEEP')
    expect(refusal(() => decodeJson('{"a":[[]]}', { maxDepth: 2 })).message).toContain('/a/0')
  })

  it('keys that the object before did not have', () => {
    const maxKeys = 3
    expect(decodeJson('[{"a":1,"b":2},{"a":1,"b":2},{"a":1,"b":3}]', { maxKeys }).value).toBeDefined()
    for (const text of [
      '{"a":1,"b":2,"c":3,"d":4}',
      '[{"a":1,"b":2},{"b":1,"a":2}]',
      '{"a":{"b":{"c":{"d":1}}}}',
    ])
      expect(refusal(() => decodeJson(text, { maxKeys })).code).toBe('SP_JSON_TOO_MANY_MEMBERS')
  })

  it('members and elements together, wherever they are', () => {
    const maxMembers = 6
    expect(decodeJson('{"a":[1,2],"b":{"c":[]},"d":0}', { maxMembers }).value).toBeDefined()
    for (const text of ['[1,2,3,4,5,6,7]', '{"a":[1,2,3],"b":{"c":[]},"d":0}', '[[],[],[],[[[[]]]]]'])
      expect(refusal(() => decodeJson(text, { maxMembers })).code).toBe('SP_JSON_TOO_MANY_MEMBERS')
  })

  it('a 4 MiB text of 250,000 keys', () => {
    const keys = Array.from({ length: 250_000 }, (_, i) => `k${i}`)
    expect(refusal(() => decodeMessage(call(keys))).limit).toBe('JSON members')
  })

  it('the length of a key, of which nothing is told', () => {
    const maxKeyLength = 5
    expect(decodeJson('{"abcde":"longer than a key"}', { maxKeyLength }).value).toBeDefined()
    const refused = refusal(() => decodeJson('[{"s3cret":1}]', { maxKeyLength }))
    expect(refused).toMatchObject({ code: 'SP_JSON_KEY_TOO_LONG', limit: 'key length' })
    expect(refused.message).not.toContain('s3cret')
    expect(refusal(() => decodeJson('{"\\u0061":1}', { maxKeyLength })).code).toBe('SP_JSON_KEY_TOO_LONG')
  })

  it('the length of a string', () => {
    const maxStringLength = 5
    expect(decodeJson('["abcde",{"longer than a string":"é日😀"}]', { maxStringLength }).value).toBeDefined()
    const refused = refusal(() => decodeJson('{"a":["s3cret"]}', { maxStringLength }))
    expect(refused).toMatchObject({ code: 'SP_JSON_STRING_TOO_LONG', limit: 'string length' })
    expect(refused.message).toContain('/a/0')
    expect(refused.message).not.toContain('s3cret')
  })

  it('the arguments of a tools/call', () => {
    expect(decodeMessage(call(['a', 'b']), { maxArguments: 2 }).kind).toBe('request')
    expect(refusal(() => decodeMessage(call(['a', 'b', 'c']), { maxArguments: 2 }))).toMatchObject({
      code: 'SP_TOO_MANY_ARGUMENTS',
      limit: 'arguments',
    })
    const batch = `[${call(['a'])},${call(['a', 'b', 'c'])}]`
    expect(refusal(() => decodeMessage(batch, { maxArguments: 2, allowBatch: true })).limit).toBe('arguments')
  })
})

describe('objects that repeat the keys of the one before them', () => {
  it.each([
    ['a repeated key behind repeated ones', '[{"a":1,"b":2},{"a":1,"b":2,"a":3}]', 'duplicate-key'],
    ['a repeated key before the row ends', '[{"a":1,"b":2,"c":3},{"a":1,"a":2,"c":3}]', 'duplicate-key'],
    ['the same, escaped', '[{"a":1,"b":2},{"a":1,"\\u0061":2}]', 'duplicate-key'],
    ['a key that was escaped the first time', '[{"\\u0061":1},{"a":1,"\\u0061":2}]', 'duplicate-key'],
    ['an unsafe key in the second row', '[{"a":1,"b":2},{"a":1,"__proto__":2}]', 'unsafe-key'],
    ['a repeated key after a nested row', '[{"a":{"b":1}},{"a":{"b":1},"a":1}]', 'duplicate-key'],
    [
      'a repeated key in a long row',
      `[{${Array.from({ length: 80 }, (_, i) => `"k${i}":0`).join(',')}},{${Array.from({ length: 80 }, (_, i) => `"k${i}":0`).join(',')},"k70":1}]`,
      'duplicate-key',
    ],
  ])('%s is seen', (_what, text, rule) => {
    expect(() => decodeJson(text)).toThrowError(expect.objectContaining({ rule }))
  })

  it('are written canonically each time', () => {
    const { canonical } = decodeJson('[{"\\u0061":1,"b\\/":2},{"\\u0061":1,"b\\/":2},{ "a" : 1 }]')
    expect(canonical).toBe('[{"a":1,"b/":2},{"a":1,"b/":2},{"a":1}]')
  })
})
