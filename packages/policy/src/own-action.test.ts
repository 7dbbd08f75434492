import { expect, test } from 'vitest'
import { canMatch } from './connectors/index.ts'
import { ACCESS_REQUEST_ACTION } from './own-action.ts'
import type { Permission } from './permission.ts'
import { compilePolicy } from './policy.ts'
import { riskOf } from './risk.ts'
import { judgeByPermissions } from './verdict.ts'
import type { Decision } from './words.ts'

const permission = (action: string, decision: Decision, gateway = 'agent'): Permission => ({
  id: `${gateway} ${action}`,
  gateway,
  gatewayId: gateway === '*' ? null : `id-of-${gateway}`,
  upstream: null,
  connector: 'mcp',
  action,
  decision,
  origin: 'explicit',
})

const REQUEST = {
  gateway: 'agent',
  gatewayId: 'id-of-agent',
  connector: 'mcp',
  upstream: 'files',
  upstreamId: 'id-of-files',
  action: ACCESS_REQUEST_ACTION,
}

const evaluate = (...permissions: Permission[]) => compilePolicy(permissions).evaluate(REQUEST)

test('requests for access are not offered where nobody says so', () => {
  expect(evaluate()).toMatchObject({ outcome: 'deny', rule: 'no permission' })
})

test.each(['*', 'mcp.*', '*.request_access', '*request*'])(
  'a permission for %s offers them no more than it permits other tools of Sallyport',
  (action) => {
    expect(evaluate(permission(action, 'allow'))).toMatchObject({ outcome: 'deny', rule: 'no permission' })
  },
)

test.each([
  ['require_approval', ACCESS_REQUEST_ACTION],
  ['require_approval', 'sallyport.*'],
  ['allow', ACCESS_REQUEST_ACTION],
] as const)('a permission that says %s of %s offers them, and always asks a person', (decision, action) => {
  const { outcome, reasons } = evaluate(permission(action, decision))
  expect(outcome).toBe('hold')
  expect(reasons.at(-1)).toContain('permits nothing by itself')
})

test('they are offered to every agent, and withheld from one', () => {
  const everybody = permission(ACCESS_REQUEST_ACTION, 'require_approval', '*')
  expect(evaluate(everybody).outcome).toBe('hold')
  expect(evaluate(everybody, permission(ACCESS_REQUEST_ACTION, 'deny')).outcome).toBe('deny')
})

test('the permission can be set, of MCP alone, and the risk is low', () => {
  expect(canMatch('mcp', ACCESS_REQUEST_ACTION)).toBe(true)
  expect(canMatch('http', ACCESS_REQUEST_ACTION)).toBe(false)
  expect(riskOf(ACCESS_REQUEST_ACTION)).toBe('low')
})

test('a request for access outlives the permission that it asks for, and not its own', () => {
  const offered = permission(ACCESS_REQUEST_ACTION, 'require_approval')
  const versionOf = (...permissions: Permission[]) =>
    judgeByPermissions({
      policy: compilePolicy(permissions),
      killSwitch: new Set<never>(),
      request: REQUEST,
    }).policyVersion
  const version = versionOf(offered)
  expect(versionOf(offered, permission('mcp.tools.delete_note', 'allow'))).toBe(version)
  expect(versionOf(offered, permission('sallyport.*', 'deny', '*'))).not.toBe(version)
})
