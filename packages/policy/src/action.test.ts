import fc from 'fast-check'
import { expect, test } from 'vitest'
import { actionOf, toolAction } from './action.ts'
import { CLIENT_METHODS } from './mcp-methods.ts'

const toolName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc
    .array(fc.constantFrom('list', 'call.', 'call', '.', '%', '%25', ' ', 'é', '\ud800', '\udc00'), {
      maxLength: 5,
    })
    .map((parts) => parts.join('')),
)

test('different tools have different actions', () => {
  const tools = new Map<string, string>()
  fc.assert(
    fc.property(fc.array(toolName, { minLength: 2, maxLength: 40 }), (names) => {
      for (const name of names) {
        const action = actionOf({ kind: 'request', method: 'tools/call', subject: { kind: 'tool', name } })
        expect(tools.get(action) ?? name).toBe(name)
        tools.set(action, name)
      }
    }),
    { numRuns: 500 },
  )
})

test('no tool reaches the name of discovery, and every action is plain', () => {
  fc.assert(
    fc.property(toolName, (name) => {
      const action = toolAction(name)
      expect(action).not.toBe('mcp.tools.list')
      expect(action).toMatch(/^mcp\.tools\.[A-Za-z0-9_.%-]*$/)
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ['create_pull_request', 'mcp.tools.create_pull_request'],
  ['list', 'mcp.tools.call.list'],
  ['call.', 'mcp.tools.call.call.'],
  ['call', 'mcp.tools.call'],
  ['a/b c', 'mcp.tools.a%2Fb%20c'],
  ['é', 'mcp.tools.%C3%A9'],
  ['😀', 'mcp.tools.%F0%9F%98%80'],
  ['\ud800', 'mcp.tools.%ED%A0%80'],
])('the tool %j is %s', (name, action) => {
  expect(toolAction(name)).toBe(action)
})

test.each([
  ['request', 'tools/list', 'mcp.tools.list'],
  ['request', 'prompts/list', 'mcp.prompts.list'],
  ['request', 'resources/list', 'mcp.resources.list'],
  ['request', 'resources/templates/list', 'mcp.resources.templates_list'],
  ['notification', 'tools/list', 'mcp.rpc.tools_list'],
  ['request', 'resources/read', 'mcp.rpc.unknown'],
  ['request', 'prompts/get', 'mcp.rpc.unknown'],
  ['request', 'logging/setLevel', 'mcp.rpc.logging_setLevel'],
  ['request', 'acme/restart', 'mcp.rpc.acme_restart'],
  ['request', 'resources_read', 'mcp.rpc.unknown'],
  ['request', 'Resources/Read', 'mcp.rpc.unknown'],
  ['request', 'Tools/Call', 'mcp.rpc.unknown'],
  ['request', 'stream/open', 'mcp.rpc.unknown'],
  ['request', 'unknown', 'mcp.rpc.unknown'],
  ['request', 'notifications/initialized', 'mcp.rpc.unknown'],
  ['notification', 'notifications/acme', 'mcp.rpc.notifications_acme'],
  ['request', 'with space', 'mcp.rpc.unknown'],
  ['request', '', 'mcp.rpc.unknown'],
  ['request', 'm'.repeat(129), 'mcp.rpc.unknown'],
  ['request', 'tools/call', 'mcp.rpc.unknown'],
] as const)('a %s of the method %j is %s', (kind, method, action) => {
  expect(actionOf({ kind, method })).toBe(action)
})

test('a method MCP does not know never takes the action of one it knows', () => {
  const known = new Set([...CLIENT_METHODS].map((method) => actionOf({ kind: 'notification', method })))
  known.delete('mcp.rpc.unknown')
  const unknown = fc
    .array(
      fc.constantFrom('tools', 'list', 'call', 'resources', 'read', 'notifications', 'initialized', '/', '_'),
    )
    .map((parts) => parts.join(''))
    .filter((method) => !CLIENT_METHODS.has(method))
  fc.assert(
    fc.property(unknown, (method) => {
      expect(known).not.toContain(actionOf({ kind: 'request', method }))
    }),
  )
})
