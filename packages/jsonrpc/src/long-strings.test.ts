import { describe, expect, test } from 'vitest'
import { decodeJson, decodeJsonSteps } from './decode-json.ts'
import { NotStrictJson } from './errors.ts'

/** Longer than what is written anew in one piece. */
const LENGTH = 400_000

const inSteps = (text: string) => {
  const steps = decodeJsonSteps(text)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

describe.each([
  ['letters', '\\u0061'],
  ['quotes with one letter', '\\"'],
  ['pairs of surrogates', '\\ud83d\\ude00'],
  ['a raw and an escaped character by turns', '😀\\ud83d\\ude00'],
  ['backslashes before what looks like half a pair', '\\\\ud83d'],
  ['backslashes', '\\\\'],
  ['controls that are canonical', '\\u0001'],
  ['controls with a shorter escape', '\\u000a'],
  ['slashes', '\\/'],
  ['plain text between escapes', `${'a'.repeat(1000)}\\u0062`],
])('a long string of escaped %s', (_, unit) => {
  // The places where it is cut differ with what stands before it.
  test.each([0, 1, 2, 3, 4, 5])('is canonical text, with %i units before it', (shift) => {
    const text = `{"a": "${'x'.repeat(shift)}\\u0061${unit.repeat(LENGTH / unit.length)}", "b": ["\\u0063", 1 ]}`
    const expected = JSON.stringify(JSON.parse(text))
    expect(decodeJson(text)).toEqual({ value: JSON.parse(text), canonical: expected })
    expect(inSteps(text).canonical === expected).toBe(true)
  })
})

test('a long string that is canonical already is the very same text', () => {
  const text = `["${'\\u0001\\"'.repeat(LENGTH / 8)}"]`
  expect(decodeJson(text).canonical === text).toBe(true)
})

test.each([
  ['half a pair at its end', `${'\\u0061'.repeat(LENGTH / 6)}\\ud83d`, 'lone-surrogate'],
  ['half a pair at its beginning', `\\ude00${'\\u0061'.repeat(LENGTH / 6)}`, 'lone-surrogate'],
  [
    'a high half alone in its middle',
    `${'\\u0061'.repeat(LENGTH / 6)}\\ud83d${'a'.repeat(9)}`,
    'lone-surrogate',
  ],
  ['halves of one kind', '\\ud83d'.repeat(LENGTH / 6), 'lone-surrogate'],
  ['no digits', `${'\\u0061'.repeat(LENGTH / 6)}\\u00g1`, 'invalid-escape'],
  ['no escape', `${'\\u0061'.repeat(LENGTH / 6)}\\x`, 'invalid-escape'],
])('a long string with %s is refused with its place', (_, inner, rule) => {
  const refused = expect.objectContaining({ rule, place: '/a/1' })
  const text = `{"a":[0,"${inner}"],"b":2}`
  expect(() => decodeJson(text)).toThrow(NotStrictJson)
  expect(() => inSteps(text)).toThrow(refused)
})

test('a key that is too long is refused before its escapes are written anew', () => {
  const text = `{"${'\\u0061'.repeat(LENGTH / 6)}\\ud83d":1}`
  expect(() => decodeJson(text, { maxKeyLength: 1024 })).toThrow(/key/)
})
