import { expect, it } from 'vitest'
import { isKnownMethod, MCP_METHODS } from './mcp-methods.ts'

it.each(['tools/call', 'ping', 'server/discover', 'notifications/cancelled'])('MCP knows %s', (method) => {
  expect(isKnownMethod(method)).toBe(true)
})

it.each(['Tools/call', 'tools/call ', 'toString', '__proto__', '', 'tools'])(
  'MCP does not know %j',
  (method) => {
    expect(isKnownMethod(method)).toBe(false)
  },
)

it('a method is a notification exactly if its name says so', () => {
  for (const [method, { kind }] of Object.entries(MCP_METHODS)) {
    expect([method, kind === 'notification']).toEqual([method, method.startsWith('notifications/')])
  }
})
