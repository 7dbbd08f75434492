import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeAnswer, decodeAnswerSteps } from './decode-answer.ts'
import { decodeMessage } from './decode-message.ts'
import type { JsonValue } from './json-value.ts'
import { LISTS } from './refused-entry.ts'

const answer = (result: string) => `{"jsonrpc":"2.0","id":1,"result":${result}}`
const good = '{"name":"good"}'
const listed = (entry: string, list = 'tools') =>
  answer(`{"${list}":[${good},${entry}, {"name":"last"}],"nextCursor":"c"}`)

describe.each([...LISTS])('of a list of %s', (list) => {
  test.each([
    ['half a surrogate pair', '{"name":"odd","d":"\\ud800"}', 'lone-surrogate', '/d', 'odd'],
    ['a key twice', '{"name":"odd","s":{"a":1,"a":2}}', 'duplicate-key', '/s/a', 'odd'],
    ['a number that no double holds', '{"name":"odd","s":[1e999]}', 'number-range', '/s/0', 'odd'],
    ['a NUL in a key', '{"name":"odd","a\\u0000":1}', 'nul-in-key', '/a�', 'odd'],
    ['an unescaped control character', '{"name":"odd","d":"\u0001"}', 'control-character', '/d', undefined],
    ['an unknown escape', '{"name":"odd","d":"\\x"}', 'invalid-escape', '/d', undefined],
    ['NaN', '{"name":"odd","d":NaN}', 'unexpected-character', '/d', undefined],
    ['200 levels', `{"name":"odd","d":${'['.repeat(200)}${']'.repeat(200)}}`, 'JSON depth', '', 'odd'],
    [
      '50,000 levels',
      `{"name":"odd","d":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      'JSON depth',
      '',
      'odd',
    ],
  ])('the entry with %s is refused, and nothing else', (_, entry, rule, place, name) => {
    const message = decodeAnswer(listed(entry, list))
    expect(message.canonical).toBe(
      `{"jsonrpc":"2.0","id":1,"result":{"${list}":[${good},{"name":"last"}],"nextCursor":"c"}}`,
    )
    const [refused, ...more] = 'refused' in message ? (message.refused ?? []) : []
    expect(more).toEqual([])
    expect(refused).toMatchObject({ list, index: 1, rule, place: `/result/${list}/1${place}` })
    expect((refused?.value as { name?: string } | null)?.name).toBe(name)
    expect(refused?.text).toContain(` at /result/${list}/1`)
  })
})

test('every entry may be refused', () => {
  const message = decodeAnswer(answer('{"tools":["\\ud800","\\udfff"]}'))
  expect(message.canonical).toBe(answer('{"tools":[]}'))
  expect('refused' in message && message.refused?.map(({ index }) => index)).toEqual([0, 1])
})

test.each([
  ['a key twice beside the list', '{"tools":[{"a":"\\ud800"}],"a":1,"a":2}'],
  ['the list twice', '{"tools":[{"a":"\\ud800"}],"tools":[]}'],
  ['brackets that do not pair', '{"tools":[{"a":"\\ud800"}}'],
  ['a list of another name', '{"things":[{"a":"\\ud800"}]}'],
  ['a list further in', '{"a":{"tools":[{"a":"\\ud800"}]}}'],
  ['an open quote', '{"tools":[{"a":"\\ud800}]}'],
])('with %s the whole is refused', (_, result) => {
  expect(() => decodeAnswer(answer(result))).toThrow()
})

describe('a list of megabytes with an odd entry', () => {
  const entries = Array.from({ length: 3000 }, (_, n) => `{"name":"t${n}","d":"${'x'.repeat(1000)}"}`)
  const odd = `{"name":"odd","d":"${'x'.repeat(200_000)}","s":{"a":1,"a":2}}`
  const text = answer(`{"tools":[${[...entries.slice(0, 1500), odd, ...entries.slice(1500)].join(',')}]}`)

  test('read in steps loses that entry alone', () => {
    const steps = decodeAnswerSteps(Buffer.from(text))
    let count = 0
    let step = steps.next()
    for (; !step.done; step = steps.next()) count++
    expect(count).toBeGreaterThan(40)
    expect(step.value.canonical).toBe(answer(`{"tools":[${entries.join(',')}]}`))
    expect('refused' in step.value && step.value.refused).toMatchObject([
      { list: 'tools', index: 1500, rule: 'duplicate-key', inside: '/s/a', value: { name: 'odd' } },
    ])
  })

  test('read at once is refused whole: a second look would take too long', () => {
    expect(() => decodeAnswer(text)).toThrow()
  })

  test('is refused whole in steps too where more is wrong than its entries', () => {
    const steps = decodeAnswerSteps(text.replace('"tools"', '"a":1,"a":2,"tools"'))
    expect(() => [...steps]).toThrow('a key that occurs twice in its object at /result/a')
  })
})

test('the same list in a request is refused whole', () => {
  const request = '{"jsonrpc":"2.0","id":1,"method":"a","params":{"tools":["\\ud800"]}}'
  expect(() => decodeAnswer(request)).toThrow('half of a surrogate pair')
})

test.each([
  ['a mark', `\ufeff${answer('{}')}`, answer('{}')],
  ['an error that is null', '{"jsonrpc":"2.0","error":null,"id":1,"result":{}}', answer('{}')],
  [
    'a result that is null',
    '{"jsonrpc":"2.0","id":1,"result":null,"error":{"code":1,"message":"no"}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}',
  ],
  [
    'keys of prototypes',
    answer('{"__proto__":1,"constructor":{"prototype":2}}'),
    answer('{"__proto__":1,"constructor":{"prototype":2}}'),
  ],
])('%s says nothing, in bytes and in text', (_, text, canonical) => {
  expect(decodeAnswer(text).canonical).toBe(canonical)
  expect(decodeAnswer(Buffer.from(text)).canonical).toBe(canonical)
  expect(() => decodeMessage(text)).toThrow()
})

test.each([
  ['two marks', `\ufeff\ufeff${answer('{}')}`],
  ['a result and an error', '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"no"}}'],
  ['a result and an error that are null', '{"jsonrpc":"2.0","id":1,"result":null,"error":null,"method":"a"}'],
])('%s are refused', (_, text) => {
  expect(() => decodeAnswer(text)).toThrow()
})

test('whatever is listed, what passes is what a strict reader reads, entry by entry', () => {
  const odd = fc.constantFrom('"\\ud800"', '{"a":1,"a":2}', '1e999', '"\\q"', 'nul', '{"a":"\u0000"}')
  const entry = fc.oneof(fc.json({ maxDepth: 2 }), odd)
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
      const message = decodeAnswer(answer(`{"tools":[ ${entries.join(' , ')} ]}`))
      const strict = entries.filter((one) => passes(one))
      const { tools } = message.value['result'] as { tools: JsonValue[] }
      expect(tools).toEqual(strict.map((one) => JSON.parse(one)))
    }),
  )
})

function passes(entry: string): boolean {
  try {
    decodeAnswer(answer(`{"v":${entry}}`))
    return true
  } catch {
    return false
  }
}
