import { describe, expect, test } from 'vitest'
import { UPCASTERS } from './index.ts'

const by = { actor: { type: 'person', name: 'dana' }, idempotencyKey: null }
const upcast = (type: string, data: object) => UPCASTERS.get(type)?.upcast(data as never)

describe('a kill switch of version 1', () => {
  test.each([
    ['global', 'global'],
    ['gateway:files', 'gateway:files'],
    ['connector:mcp', 'connector:mcp'],
    ['connector:files', 'upstream:files'],
    ['connector:http', 'upstream:http'],
  ])('for %s is one for %s', (scope, now) => {
    const data = { ...by, scope, on: true, reason: null }
    expect(upcast('sallyport.kill_switch.set.v1', data)).toEqual({ ...data, scope: now })
  })
})

test('a permission of version 2 says no gateway by its id', () => {
  const data = {
    ...by,
    id: 'p-1',
    gateway: 'a',
    upstream: null,
    connector: '*',
    action: '*',
    decision: 'deny',
  }
  expect(upcast('sallyport.permission.set.v2', data)).toEqual({ ...data, gatewayId: null })
})

test('a token of version 1 is one of its own', () => {
  const data = { ...by, id: 't-1', name: 'dana', scope: 'approver', tokenHash: '0'.repeat(64) }
  expect(upcast('sallyport.token.issued.v1', data)).toEqual({ ...data, holder: null })
})

test('a permission of version 3 asks for one vote of anyone', () => {
  const data = { ...by, id: 'p-1', gateway: '*', gatewayId: null, upstream: null, connector: '*' }
  const held = { ...data, action: '*', decision: 'require_approval' }
  expect(upcast('sallyport.permission.set.v3', held)).toEqual({ ...held, approval: null })
})

describe('a permission of version 1', () => {
  test.each([
    ['*', { upstream: null, connector: '*' }],
    ['mcp', { upstream: null, connector: 'mcp' }],
    ['files', { upstream: { id: null, name: 'files' }, connector: 'mcp' }],
  ])('for connector %s is for what that was', (connector, reach) => {
    const data = { ...by, id: 'p-1', gateway: '*', action: 'mcp.*', decision: 'deny', later: 1 }
    expect(upcast('sallyport.permission.set.v1', { ...data, connector })).toEqual({ ...data, ...reach })
  })
})
