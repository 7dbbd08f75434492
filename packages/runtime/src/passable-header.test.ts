import { expect, test } from 'vitest'
import { kindOfHeader } from './passable-header.ts'

test.each([
  ['X-Api-Key', 'own'],
  ['authorization', 'own'],
  ['Cookie', 'own'],
  ['x-forwarded-for', 'hop'],
  ['Accept', 'hop'],
  ['content-type', 'hop'],
  ['Mcp-Session-Id', 'hop'],
  ['via', 'hop'],
  ['proxy-authorization', 'hop'],
  ['Sallyport-Gateway', 'ours'],
  ['a b', 'ours'],
  ['', 'ours'],
  ['x:y', 'ours'],
])('%s is %s', (name, kind) => {
  expect(kindOfHeader(name)).toBe(kind)
})
