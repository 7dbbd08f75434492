import { expect, test } from 'vitest'
import { parseTerms } from './approval/terms.ts'
import type { Permission } from './permission.ts'
import { compilePolicy } from './policy.ts'

const held = (action: string, stages?: string, more: Partial<Permission> = {}): Permission => ({
  id: `${action} ${stages}`,
  gateway: '*',
  gatewayId: null,
  upstream: null,
  connector: 'mcp',
  action,
  decision: 'require_approval',
  ...(stages === undefined ? {} : { approval: parseTerms({ stages }) }),
  origin: 'explicit',
  ...more,
})
const evaluated = (action: string, ...permissions: Permission[]) =>
  compilePolicy(permissions).evaluate({
    gateway: 'code-agent',
    gatewayId: 'gw-1',
    connector: 'mcp',
    upstream: 'files',
    upstreamId: 'u-1',
    action,
  })

test('what a permission asks of an approval comes with its verdict', () => {
  expect(evaluated('mcp.tools.rm', held('mcp.tools.*', '2 of group:finance'))).toMatchObject({
    outcome: 'hold',
    terms: { stages: [{ need: 2 }] },
  })
  expect(evaluated('mcp.tools.rm', held('mcp.tools.*'))).not.toHaveProperty('terms')
})

test('of equally specific permissions the one with the stricter terms wins, in whatever order they are', () => {
  const [one, two] = [held('mcp.tools.ab*', '1 of group:a'), held('mcp.tools.*yz', '2 of group:b')]
  for (const order of [
    [one, two],
    [two, one],
  ])
    expect(evaluated('mcp.tools.abxyz', ...order).terms?.stages).toMatchObject([{ need: 2 }])
})

test('a more specific permission wins over stricter terms', () => {
  const laxer = held('mcp.tools.rm', '1 of anyone')
  expect(evaluated('mcp.tools.rm', laxer, held('mcp.tools.*', '3 of anyone')).permissionId).toBe(laxer.id)
})

test('of the ways in which an address may be read the one with the stricter terms counts', () => {
  const whole = held('mcp.resources.*', '1 of anyone')
  const there = held('mcp.resources.file%3A%2F%2F%2Fsrv%2Fprivate%2F*', '2 of group:finance')
  const sent = 'mcp.resources.file%3A%2Fsrv%2F.%2Fprivate%2Fkey'
  expect(evaluated(sent, whole, there).terms?.stages).toMatchObject([{ need: 2 }])
})

test('other terms are another policy version, and none are the version that there was before terms', () => {
  const versionOf = (permission: Permission) => compilePolicy([permission]).policyVersion('gw-1')
  const versions = [held('mcp.*'), held('mcp.*', '1 of anyone'), held('mcp.*', '2 of anyone')].map(versionOf)
  expect(new Set(versions).size).toBe(3)
})
