import { NumberLexeme } from '@sallyport/runtime'
import { describe, expect, test } from 'vitest'
import { fitsArguments, misfit, parseWhere } from './argument-pattern.ts'
import { compareNumbers } from './exact-number.ts'
import { fitsText, parseTextPattern } from './text-pattern.ts'

const fits = (where: string[], given: unknown, others = false) =>
  fitsArguments(parseWhere(where, others), given)

describe('conditions on arguments', () => {
  test.each([
    [['repo="acme/web"', 'title'], { repo: 'acme/web', title: 'anything; rm -rf /' }],
    [['/repo/name="web"', '/repo/owner'], { repo: { name: 'web', owner: { id: 1 } } }],
    [['a~1b', 'x'], { 'a~1b': 1, x: 2 }],
    [['/a~1b=1'], { 'a/b': 1 }],
    [['amount<=100'], { amount: new NumberLexeme('1E2') }],
    [['amount>=-3'], { amount: -3 }],
    [['/items/0="a"', '/items/1'], { items: ['a', 'b'] }],
    [['labels=["a", {"b": 1.0}]'], { labels: ['a', { b: 1 }] }],
    [['__proto__=1'], JSON.parse('{"__proto__":1}')],
  ])('%j let %j pass', (where, given) => {
    expect(fits(where, given)).toBe(true)
  })

  test.each([
    ['an argument that is not named', ['repo="acme/web"'], { repo: 'acme/web', force: true }],
    ['one within what is named in part', ['/repo/name="web"'], { repo: { name: 'web', owner: 'eve' } }],
    ['one that is missing', ['repo="acme/web"', 'title'], { repo: 'acme/web' }],
    ['one that is only inherited', ['toString'], {}],
    ['the length of a list', ['/items/length'], { items: [1] }],
    ['a text for a number', ['id=5'], { id: '5' }],
    ['a number for a text', ['id="5"'], { id: 5 }],
    ['true for 1', ['on=true'], { on: 1 }],
    ['null for nothing', ['id=null'], {}],
    ['a list for its only item', ['id="a"'], { id: ['a'] }],
    [
      'a number that rounds to the same',
      ['id=9007199254740992'],
      { id: new NumberLexeme('9007199254740993') },
    ],
    ['a little more than the most', ['n<=100'], { n: new NumberLexeme('100.00000000000000000001') }],
    ['a bound of what is a text', ['n<=100'], { n: '1' }],
    ['a value with a member more', ['o={"a":1}'], { o: { a: 1, b: 2 } }],
    ['another way to write the letter', ['name="\u00e9"'], { name: 'e\u0301' }],
    ['a text that only begins so', ['repo~"acme/*"'], { repo: 'acme/web/../../etc' }],
    ['no arguments at all', ['repo'], null],
  ])('%s does not fit', (_, where, given) => {
    expect(fits(where, given)).toBe(false)
    expect(misfit(parseWhere(where, false), given)).toBeDefined()
  })

  test('with others, whatever is not named may be there', () => {
    expect(fits(['repo="acme/web"'], { repo: 'acme/web', force: true }, true)).toBe(true)
    expect(fits(['repo="acme/web"'], { repo: 'acme/evil', force: true }, true)).toBe(false)
  })

  test.each([
    ['repo=acme', /not JSON/],
    ['repo~5', /not a text/],
    ['n<="a"', /not a number/],
    ['="a"', /names no argument/],
    ['a\u202eb', /nobody sees/],
    ['a\u200b="x"', /nobody sees/],
    ['a="x\u0000"', /nobody sees/],
    ['/a~2b', /cannot|neither|JSON|not a text/],
    [`a~"${'*x'.repeat(9)}"`, /wildcards/],
    [`a="${'x'.repeat(2000)}"`, /longer/],
  ])('%j is refused', (condition, why) => {
    expect(() => parseWhere([condition], false)).toThrow(why)
  })

  test('a place that is named twice, or within another, is refused', () => {
    expect(() => parseWhere(['a', 'a=1'], false)).toThrow(/twice/)
    expect(() => parseWhere(['a', '/a/b'], false)).toThrow(/twice/)
    expect(() => parseWhere([], true)).toThrow(/names nothing/)
    expect(() =>
      parseWhere(
        Array.from({ length: 33 }, (_, at) => `a${at}`),
        false,
      ),
    ).toThrow(/more than/)
  })
})

describe('patterns of a text', () => {
  const like = (pattern: string, text: string) => fitsText(parseTextPattern(pattern), text)

  test.each([
    ['release-*', 'release-v1.2-rc'],
    ['*@acme.com', 'dana.k@acme.com'],
    ['acme/*', 'acme/web'],
    ['Fix **', 'Fix the login; now\nplease'],
    ['**', ''],
    ['a\\*b\\\\', 'a*b\\'],
    ['*.*', 'a.b.c'],
  ])('%s takes %j', (pattern, text) => {
    expect(like(pattern, text)).toBe(true)
  })

  test.each([
    ['acme/*', 'acme/'],
    ['acme/*', 'acme/..'],
    ['acme/*', 'acme/web/x'],
    ['acme/*', 'evil/acme/web'],
    ['/srv/.*', '/srv/..'],
    ['/home/*', '/home/.ssh'],
    ['git log *', 'git log --output=x'],
    ['git log *', 'git log a; rm'],
    ['*@acme.com', 'eve@x.com,a@acme.com'],
    ['*@acme.com', 'a@acme.com.evil.com'],
    ['*', 'a b'],
    ['*', 'a\n'],
    ['*', 'a\u202eb'],
    ['a\\*b', 'aXb'],
  ])('%s does not take %j', (pattern, text) => {
    expect(like(pattern, text)).toBe(false)
  })

  test('a text that is long and hostile costs as much as any other, and too long a one does not fit', () => {
    const pattern = parseTextPattern('*a*a*a*a*a*a*a*b')
    expect(fitsText(pattern, 'a'.repeat(8192))).toBe(false)
    expect(fitsText(pattern, `${'a'.repeat(9000)}b`)).toBe(false)
  })
})

test('numbers are compared as they are written, however large', () => {
  expect(compareNumbers('1E999999999', '1E999999998')).toBeGreaterThan(0)
  expect(compareNumbers('-1E999999999', '0')).toBeLessThan(0)
  expect(compareNumbers('0.10', '1e-1')).toBe(0)
  expect(compareNumbers('-0', '0')).toBe(0)
  expect(compareNumbers('-2', '-1')).toBeLessThan(0)
  expect(compareNumbers('1e9999999999', '1')).toBeUndefined()
})
