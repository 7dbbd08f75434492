import { expect, test } from 'vitest'
import type { Approval } from '../api/types.ts'
import { isAlike, showsTheSame } from './alike.ts'

const BINDING = {
  tenant: 't',
  gatewayId: 'g1',
  upstream: 'github',
  upstreamDigest: 'u',
  action: 'mcp.tools.merge',
  argsDigest: 'a',
  toolDigest: 'd',
  policyVersion: '1',
}
const call = (approvalId: string, binding: Partial<Approval['binding']> = {}) =>
  ({ approvalId, binding: { ...BINDING, ...binding } }) as Approval

test('the same call of another agent is alike', () => {
  expect(isAlike(call('1'), call('2', { gatewayId: 'g2' }))).toBe(true)
})

test.each([
  { argsDigest: 'b' },
  { argsDigest: null },
  { toolDigest: null },
  { upstreamDigest: 'v' },
  { action: 'mcp.tools.close' },
  { tenant: 'other' },
])('a call with %j is another one', (binding) => expect(isAlike(call('1'), call('2', binding))).toBe(false))

test('a call is not alike to itself, nor are two whose arguments nobody knows', () => {
  expect(isAlike(call('1'), call('1'))).toBe(false)
  expect(isAlike(call('1', { argsDigest: null }), call('2', { argsDigest: null }))).toBe(false)
})

test('a part that was not shown of the first makes a difference', () => {
  const part = { place: '/arguments/a', kind: 'string', text: 'x', masks: [] } as const
  const shown = { whole: true, parts: [part] } as unknown as Approval
  const more = { whole: true, parts: [part, { ...part, place: '/_meta/b' }] } as unknown as Approval
  expect([showsTheSame(shown, { ...shown }), showsTheSame(shown, more)]).toEqual([true, false])
})
