import type { Grant } from '@sallyport/approval'
import { type ControlState, INITIAL_STATE, type Upstream, upstreamDigest } from '@sallyport/control'
import { compilePolicy, credentialMark } from '@sallyport/policy'
import { expect, test } from 'vitest'
import { grantEnded } from './grant-ended.ts'
import { startGrantWatch } from './grant-watch.ts'

const AT = '2026-11-29T12:00:00.000Z'
const upstream: Upstream = {
  id: 'up-1',
  name: 'files',
  connector: 'mcp',
  target: { kind: 'http', url: 'http://127.0.0.1:1/mcp' },
  credential: null,
  createdAt: AT,
}
const gateway = {
  id: 'gw-1',
  name: 'code-agent',
  tokenHash: 'a'.repeat(64),
  issuers: [],
  ownerId: null,
  createdAt: AT,
  revokedAt: null,
}
const dana = {
  id: 'p-1',
  name: 'dana',
  email: null,
  groups: ['finance'],
  roles: ['approver'],
  identity: null,
  createdAt: AT,
} as const
const GOOD: ControlState = {
  ...INITIAL_STATE,
  gateways: new Map([['code-agent', gateway]]),
  upstreams: new Map([['files', upstream]]),
  persons: new Map([['p-1', dana]]),
}
const policy = (version: string) => ({ policyVersion: () => version })
const grant = {
  grantId: 'g-1',
  gateway: { id: 'gw-1', name: 'code-agent' },
  held: {
    binding: {
      gatewayId: 'gw-1',
      upstream: 'files',
      upstreamDigest: upstreamDigest(upstream),
      policyVersion: 'p-1',
    },
    caller: { credential: credentialMark(gateway.tokenHash), session: null, principal: null },
  },
  approvers: [
    {
      voter: { tokenId: null, personId: 'p-1', botId: null },
      as: { kind: 'group', name: 'finance', id: null },
      name: 'dana',
    },
  ],
} as unknown as Grant

test.each<[string, Partial<ControlState>, RegExp]>([
  [
    'its gateway is revoked',
    { gateways: new Map([['code-agent', { ...gateway, revokedAt: AT }]]) },
    /revoked/,
  ],
  [
    'the token is replaced',
    { gateways: new Map([['code-agent', { ...gateway, tokenHash: 'b'.repeat(64) }]]) },
    /token/,
  ],
  [
    'another gateway has the name',
    { gateways: new Map([['code-agent', { ...gateway, id: 'gw-2' }]]) },
    /revoked/,
  ],
  ['its upstream is removed', { upstreams: new Map() }, /removed/],
  [
    'its upstream is another one',
    { upstreams: new Map([['files', { ...upstream, id: 'up-2' }]]) },
    /not what it was/,
  ],
  ['an approver is removed', { persons: new Map() }, /removed/],
  [
    'an approver leaves the group',
    { persons: new Map([['p-1', { ...dana, groups: [] }]]) },
    /not in group:finance/,
  ],
  [
    'an approver owns the gateway',
    { gateways: new Map([['code-agent', { ...gateway, ownerId: 'p-1' }]]) },
    /owns/,
  ],
])('a grant ends by name when %s', (_, changes, why) => {
  expect(grantEnded(GOOD, policy('p-1'), grant)).toBeUndefined()
  expect(grantEnded({ ...GOOD, ...changes }, policy('p-1'), grant)).toMatch(why)
})

test('a grant ends by name when the permissions of its gateway are changed', () => {
  expect(grantEnded(GOOD, policy('p-2'), grant)).toMatch(/permissions/)
})

test('a grant is ended only after it was seen to be good', () => {
  const ended: string[] = []
  let tell = () => {}
  let state: ControlState = { ...GOOD, upstreams: new Map() }
  const watch = startGrantWatch({
    control: {
      state: () => state,
      onChange(listener) {
        tell = () => listener(state)
        return () => {}
      },
    },
    open: () => [
      { ...grant, held: { ...grant.held, binding: { ...grant.held.binding, policyVersion: versionNow } } },
    ],
    end: async (_, reason) => ended.push(reason),
  })
  tell()
  expect(ended).toEqual([])
  state = GOOD
  tell()
  state = { ...GOOD, upstreams: new Map() }
  tell()
  expect(ended).toEqual(['upstream files was removed'])
  watch.stop()
})

/** Of a gateway that has no permissions of its own. */
const versionNow = compilePolicy([]).policyVersion('gw-1')
