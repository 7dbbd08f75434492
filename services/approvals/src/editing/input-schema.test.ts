import { emptyCatalog } from '@sallyport/control'
import { expect, test } from 'vitest'
import { inputSchemaOf, schemaObjection } from './input-schema.ts'

const SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: { amount: { type: 'integer', maximum: 100 }, to: { $ref: '#/definitions/to' } },
  definitions: { to: { type: 'string', pattern: '^[a-z]+$' } },
  required: ['amount'],
  additionalProperties: false,
}

test('what a tool does not take is named', () => {
  expect(schemaObjection(SCHEMA, { amount: 7, to: 'dana' })).toBeUndefined()
  expect(schemaObjection(SCHEMA, { amount: 101 })).toBe('/amount must be <= 100')
  expect(schemaObjection(SCHEMA, { amount: 1, to: 'A1' })).toMatch(/^\/to must match pattern/)
  expect(schemaObjection(SCHEMA, { amount: 1, more: 1 })).toBe(
    'the whole must not have additional properties',
  )
  expect(schemaObjection(SCHEMA, {})).toMatch(/^the whole must have required properties/)
})

test('a schema that takes for ever, goes in circles or is none is one that cannot be checked', () => {
  const unchecked = 'its input schema cannot be checked'
  expect(schemaObjection({ properties: { a: { pattern: '^(a+)+$' } } }, { a: `${'a'.repeat(40)}!` })).toBe(
    unchecked,
  )
  expect(schemaObjection({ $ref: '#' }, {})).toBe(unchecked)
  expect(schemaObjection({ properties: { a: { pattern: '(' } } }, { a: 'x' })).toBe(unchecked)
})

test('it is the one that the approval is bound to; an unknown one forbids nothing', () => {
  const fingerprint = 'f'.repeat(64)
  const known = { fingerprint, text: JSON.stringify({ name: 'pay', inputSchema: SCHEMA }), entire: true }
  const offered = (definition: object) => {
    const tool = new Map([['pay', { offered: definition, accepted: null }]])
    const catalog = { ...emptyCatalog('bank'), offered: { ...emptyCatalog('bank').offered, tool } }
    return new Map([['bank', catalog]]) as unknown as Parameters<typeof inputSchemaOf>[1]
  }
  const asked = (toolDigest: string | null) =>
    ({ tool: 'pay', binding: { upstream: 'bank', toolDigest } }) as Parameters<typeof inputSchemaOf>[0]
  expect(inputSchemaOf(asked(fingerprint), offered(known))).toEqual(SCHEMA)
  expect(inputSchemaOf(asked('e'.repeat(64)), offered(known))).toBeUndefined()
  expect(inputSchemaOf(asked(null), offered(known))).toBeUndefined()
  expect(inputSchemaOf(asked(fingerprint), offered({ ...known, entire: false }))).toBeUndefined()
  expect(schemaObjection(undefined, { anything: 1 })).toBeUndefined()
})
