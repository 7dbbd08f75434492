import { expect, test } from 'vitest'
import { hashOf } from '../testing/command.ts'
import { differencesOf } from './diff.ts'

const definition = (value: unknown, entire = true) => ({
  fingerprint: hashOf('1'),
  text: value === null ? null : JSON.stringify(value),
  entire,
})

test('a difference names the place, and what was and is there', () => {
  const before = {
    name: 'a',
    description: 'Reads',
    inputSchema: { properties: { 'a/b': { type: 'string' } } },
  }
  const after = {
    name: 'a',
    description: 'Reads and sends',
    inputSchema: { properties: { 'a/b': { type: 'number' } } },
    annotations: {},
  }
  expect(differencesOf({ accepted: definition(before), offered: definition(after) })).toEqual({
    differences: [
      { place: '/description', before: '"Reads"', after: '"Reads and sends"' },
      { place: '/inputSchema/properties/a~1b/type', before: '"string"', after: '"number"' },
      { place: '/annotations', before: null, after: '{}' },
    ],
    complete: true,
  })
})

test('what is new or gone differs as a whole', () => {
  expect(differencesOf({ accepted: null, offered: definition({ name: 'a' }) }).differences).toEqual([
    { place: '', before: null, after: '{"name":"a"}' },
  ])
  expect(differencesOf({ accepted: definition({ name: 'a' }), offered: null }).differences).toEqual([
    { place: '', before: '{"name":"a"}', after: null },
  ])
})

test('an object in the place of a list is a difference', () => {
  const { differences } = differencesOf({
    accepted: definition({ a: ['x'] }),
    offered: definition({ a: { 0: 'x' } }),
  })
  expect(differences).toEqual([{ place: '/a', before: '["x"]', after: '{"0":"x"}' }])
})

test('of what was not kept it says that there is more', () => {
  const cut = definition({ description: 'x…' }, false)
  expect(differencesOf({ accepted: cut, offered: cut })).toEqual({ differences: [], complete: false })
  expect(differencesOf({ accepted: definition(null), offered: cut }).complete).toBe(false)
})

test('numbers differ as they were listed, and are shown so', () => {
  const listed = (...numbers: readonly string[]) => ({
    fingerprint: hashOf('1'),
    text: `{"in":{"maximum":${numbers.join(',"n":')}}}`,
    entire: true,
  })
  const accepted = listed('1234567890123456789', '100')
  expect(differencesOf({ accepted, offered: listed('1234567890123456788', '1E2') })).toEqual({
    differences: [
      { place: '/in/maximum', before: '1234567890123456789', after: '1234567890123456788' },
      { place: '/in/n', before: '100', after: '1E2' },
    ],
    complete: true,
  })
  expect(differencesOf({ accepted, offered: accepted }).differences).toEqual([])
})
