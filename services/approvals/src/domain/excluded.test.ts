import { type Gateway, INITIAL_STATE, type Person } from '@sallyport/control'
import { expect, test } from 'vitest'
import { request } from '../testing/instance.ts'
import { excludedFrom } from './excluded.ts'

const identity = { issuer: 'https://login.example', subject: '42' }
const dana: Person = {
  id: 'p-dana',
  name: 'dana',
  email: null,
  groups: [],
  roles: ['approver'],
  identity,
  createdAt: '',
}
const gateway: Gateway = {
  id: 'gw-1',
  name: 'code-agent',
  tokenHash: '',
  issuers: [],
  ownerId: 'p-omar',
  createdAt: '',
  revokedAt: null,
}
const state = {
  ...INITIAL_STATE,
  gateways: new Map([['code-agent', gateway]]),
  persons: new Map([['p-dana', dana]]),
}

test('the owner of the gateway is, by their id', () => {
  expect(excludedFrom(state, request())).toEqual([{ personId: 'p-omar', why: 'owner' }])
})

test('the owner of another gateway that has the name now is not', () => {
  const gateways = new Map([['code-agent', { ...gateway, id: 'gw-2' }]])
  expect(excludedFrom({ ...state, gateways }, request())).toEqual([])
})

test('the person whom the agent acts for is, by issuer and subject together', () => {
  const of = (principal: typeof identity) => excludedFrom(state, { ...request(), principal })
  expect(of(identity)).toContainEqual({ personId: 'p-dana', why: 'principal' })
  expect(of({ ...identity, subject: '43' })).toHaveLength(1)
  expect(of({ ...identity, issuer: 'https://other.example' })).toHaveLength(1)
})
