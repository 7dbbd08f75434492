import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_LIMITS } from './limits.ts'
import { redact } from './redact.ts'

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value))
const masked = (characters: number, kind = 'key') => `[redacted:${kind}, ${characters} characters]`

describe('a value under a secret-looking key', () => {
  test.each([
    'password',
    'PASSWD',
    'api_key',
    'apiKey',
    'X-Api-Key',
    'Ocp-Apim-Subscription-Key',
    'x-functions-key',
    'X-Amz-Signature',
    'X-Goog-Signature',
    'sig',
    'access token',
    'Authorization',
    'Set-Cookie',
    'privateKey',
    'db.password',
    'clientSecret',
    'awsCredentials',
    'pin',
    'ｐａｓｓｗｏｒｄ',
  ])('is masked, with its kind and length, and nothing around it: %s', (key) => {
    expect(redact({ [key]: 'x1y2' }).value).toEqual({ [key]: masked(4) })
    expect(redact({ [key]: { nested: ['x'] } }).value).toEqual({ [key]: { nested: [masked(1)] } })
  })

  test('is named by a JSON pointer with its escapes', () => {
    const { redactions } = redact({ 'a/b': [{ 'c~d': { token: 'x' } }] })
    expect(redactions).toEqual([
      { kind: 'key', rule: 'secret.key', place: '/a~1b/0/c~0d/token', severity: 'low' },
    ])
  })

  test('is masked if it is a number, and kept if it is null or a boolean', () => {
    expect(redact({ pin: 1234, password: null, secret: true }).value).toEqual({
      pin: masked(4),
      password: null,
      secret: true,
    })
  })

  test.each([
    { max_tokens: 100 },
    { tokenizer: 'bpe' },
    { author: 'dana' },
    { keyboard: 'de' },
    { path: '/etc/hosts' },
    { progressToken: 'p-1' },
  ])('is kept if the key only resembles one: %j', (value) => {
    expect(redact(value)).toEqual({ value, redactions: [] })
  })

  test('is replaced beside a name and after a flag', () => {
    expect(redact([{ name: 'Authorization', value: 'x' }]).value).toEqual([
      { name: 'Authorization', value: masked(1) },
    ])
    expect(redact(['login', '--password', 'x', 'y']).value).toEqual(['login', '--password', masked(1), 'y'])
  })
})

test.each([
  'the quick brown fox jumps over the lazy dog',
  'task-management-for-the-whole-organisation',
  'https://example.com:8080/a?b=c#d',
  'http://[::1]:80/',
  'mail dana@example.com or see ssh://git@host/repo',
  'bearer of good news',
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
  'token: 12',
  'SELECT * FROM users WHERE id = 1; -- a comment',
])('an ordinary text is kept as it is: %s', (text) => {
  expect(redact({ text })).toEqual({ value: { text }, redactions: [] })
})

test('two secrets in one text leave the text between them', () => {
  const one = ['gh', 'p_', 'a1'.repeat(18)].join('')
  const { value, redactions } = redact(`first ${one}, then ${['AK', 'IA', 'Q3'.repeat(8)].join('')}.`)
  expect(value).toBe(`first ${masked(40, 'github_token')}, then ${masked(20, 'aws_access_key_id')}.`)
  expect(redactions.map(({ rule }) => rule)).toEqual(['secret.github_token', 'secret.aws_access_key_id'])
})

test('shapes that overlap leave one marker and nothing of either', () => {
  const jwt = ['ey', 'Jhbgci.payload.signature'].join('')
  const text = `curl -H "Authorization: Bearer ${jwt}" https://dana:${jwt}@example.com`
  expect(redact(text).value).toBe(
    `curl -H "Authorization: Bearer ${masked(26, 'jwt')}" https://dana:${masked(26, 'jwt')}@example.com`,
  )
})

test('two keys that become one when redacted are both kept', () => {
  const token = (letter: string) => ['gh', 'p_', letter.repeat(36)].join('')
  expect(redact({ [token('a')]: 1, [token('b')]: 2 }).value).toEqual({
    [masked(40, 'github_token')]: 1,
    [`${masked(40, 'github_token')}#2`]: 2,
  })
})

test('a key called __proto__ is a key like any other', () => {
  const { value } = redact(JSON.parse('{"__proto__": {"admin": true}}'))
  expect(JSON.stringify(value)).toBe('{"__proto__":{"admin":true}}')
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
})

describe('what is cut says so', () => {
  test('a string after 512 characters', () => {
    expect(redact('ab '.repeat(200)).value).toBe(`${'ab '.repeat(200).slice(0, 512)}…(+88 chars)`)
  })

  test('a string never in the middle of a character', () => {
    const { value } = redact(`a${'😀'.repeat(300)}`)
    expect(value).toBe(`a${'😀'.repeat(255)}…(+90 chars)`)
  })

  test('a list and an object after 100 entries', () => {
    const list = Array.from({ length: 250 }, (_, n) => n)
    expect(redact(list).value).toEqual([...list.slice(0, 100), '…(+150 entries)'])
    const object = Object.fromEntries(list.map((n) => [`k${n}`, n]))
    expect(Object.keys(redact(object).value ?? {})).toHaveLength(101)
    expect(redact(object).value).toMatchObject({ k99: 99, '…': '(+150 entries)' })
  })

  test('a value after 16 levels', () => {
    const text = JSON.stringify(redact(JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`)).value)
    expect(text).toBe(`${'['.repeat(16)}"…(too deep)"${']'.repeat(16)}`)
  })
})

describe('for any input', () => {
  const hostile = fc.oneof(
    fc.jsonValue({ maxDepth: 20 }),
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
    }),
    fc.string({ unit: 'binary', maxLength: 3_000 }),
    fc.array(
      fc.string({ unit: fc.constantFrom('\u0000', '\ud800', '"', '\\', '€', '😀', 'a'), maxLength: 600 }),
      { maxLength: 200 },
    ),
    fc.dictionary(fc.string({ unit: 'binary', maxLength: 300 }), fc.array(fc.integer()), { maxKeys: 150 }),
  )

  test('the output is JSON under its bound, and nothing is thrown', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const { value: stored, redactions } = redact(value)
        expect(bytesOf(stored)).toBeLessThan(16 * 1024)
        expect(JSON.parse(JSON.stringify(stored))).toEqual(stored)
        expect(redactions.length).toBeLessThanOrEqual(DEFAULT_LIMITS.findings)
      }),
      { numRuns: 1_000 },
    )
  })

  test('any smaller bound is kept too', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 5, max: 2_000 }), (value, bytes) => {
        expect(bytesOf(redact(value, { bytes }).value)).toBeLessThanOrEqual(bytes)
      }),
    )
  })

  test('a value that is small and plain is not changed', () => {
    const small = fc.jsonValue({ maxDepth: 3, stringUnit: fc.constantFrom(...'abc def') })
    fc.assert(
      fc.property(
        small.filter((value) => bytesOf(value) < 4_000),
        (value) => {
          expect(JSON.stringify(redact(value).value)).toBe(JSON.stringify(value))
        },
      ),
    )
  })
})

describe('a hostile value', () => {
  const wide = (depth: number): unknown =>
    depth === 0 ? 'x'.repeat(600) : Array.from({ length: 40 }, () => shared[depth - 1])
  const shared: unknown[] = []
  for (let depth = 0; depth < 12; depth++) shared.push(wide(depth))
  const cycle: Record<string, unknown> = {}
  cycle['self'] = [cycle, cycle]

  test.each<[string, unknown]>([
    ['a million entries', Array.from({ length: 1_000_000 }, () => 0)],
    ['forty to the power of eleven leaves', shared.at(-1)],
    ['a cycle', cycle],
    ['four million characters', '"'.repeat(4_000_000)],
    ['secrets without number', `${['gh', 'p_', 'a1'.repeat(18)].join('')} `.repeat(20_000)],
    ['half a JSON Web Token again and again', 'eyJ'.repeat(1_000_000)],
    ['names that nothing is assigned to', 'password-secret_token--'.repeat(100_000)],
    ['assignments in a row', 'token="'.repeat(300_000)],
    ['URLs in URLs', 'a://b:c'.repeat(300_000)],
    ['armour without keys', '-----BEGIN '.repeat(200_000)],
    ['one very long key', { [`${'k'.repeat(2_000_000)}token`]: 'x' }],
  ])('stays bounded: %s', (_name, value) => {
    const { value: stored, redactions } = redact(value)
    expect(bytesOf(stored)).toBeLessThan(16 * 1024)
    expect(redactions.length).toBeLessThanOrEqual(100)
  })

  test('that cannot be read is replaced as a whole', () => {
    const trap = {
      get boom() {
        throw new Error('no')
      },
    }
    expect(redact(trap)).toEqual({
      value: '[redacted:unreadable]',
      redactions: [{ kind: 'unreadable', rule: 'shape.unreadable', place: '', severity: 'medium' }],
    })
  })
})
