import { METHODS } from 'node:http'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actionOf } from '../action.ts'
import { HTTP_METHODS } from '../http-methods.ts'
import { MAX_PATTERN_LENGTH } from '../pattern.ts'
import { httpAction } from './http.ts'
import { CONNECTORS, canMatch, canName, lessSpecificOf, otherKindOf } from './index.ts'

describe('a pattern that can match nothing is told from one that can', () => {
  test.each([
    ['http', 'http.GET'],
    ['http', 'http.Delete'],
    ['http', '*.DELETE'],
    ['http', 'http.*.x'],
    ['http', 'http.get_users'],
    ['http', 'http.'],
    ['http', 'http.gte'],
    ['http', 'http.gett'],
    ['http', 'http.delet'],
    ['http', 'http.remove'],
    ['http', 'http.websockt'],
    ['http', 'generic.delet'],
    ['http', 'http.gte*'],
    ['http', 'http.*x-get'],
    ['http', '*.remove'],
    ['*', 'http.pots'],
    ['*', 'generic.gett'],
    ['http', 'generic.POST'],
    ['http', 'htp.*'],
    ['http', 'mcp.*'],
    ['mcp', 'mcp.tool.delete_*'],
    ['mcp', 'mcp.Tools.*'],
    ['mcp', 'mcp.tools.'],
    ['mcp', 'http.get'],
    ['mcp', 'tools.delete_*'],
    ['mcp', 'files.delete_*'],
    ['mcp', 'mcp.delete_file'],
    ['mcp', 'mcp.tools'],
    ['mcp', 'mcp.rpc.tools_call'],
    ['mcp', 'mcp.rpc.Initialize'],
    ['mcp', 'mcp.rpc.Notifications_*'],
    ['mcp', 'mcp.rpc.a%20b'],
    ['mcp', 'mcp.tools.call.delete_*'],
    ['mcp', 'mcp.tools.%41bc'],
    ['mcp', 'mcp.tools.a%2Eb'],
    ['mcp', 'mcp.tools.%FF'],
    ['mcp', 'mcp.tools.a$b'],
    ['mcp', 'mcp.tools.*%C3x'],
    ['mcp', 'mcp.prompts.get.greet'],
    ['mcp', 'mcp.resources.*%FF'],
    ['*', 'http.GET'],
    ['*', 'mcp.tool.*'],
  ])('of kind %s: %s matches nothing', (kind, pattern) => {
    expect(canMatch(kind, pattern)).toBe(false)
  })

  test.each([
    ['http', '*'],
    ['http', 'http.*'],
    ['http', 'http.get'],
    ['http', 'http.m-search'],
    ['http', 'http.p*'],
    ['http', 'http.del*'],
    ['http', 'http.*find'],
    ['http', 'generic.websocket'],
    ['http', 'http.unknown'],
    ['http', '*t'],
    ['http', '*.delete'],
    ['http', 'generic.*'],
    ['mcp', 'mcp.*'],
    ['mcp', 'mcp.tools.Delete-X'],
    ['mcp', 'mcp.t*'],
    ['mcp', '*delete*'],
    ['mcp', 'mcp.resources.file%3A*'],
    ['mcp', 'mcp.rpc.initialize'],
    ['mcp', 'mcp.rpc.*'],
    ['mcp', 'mcp.rpc.resources_read'],
    ['mcp', 'mcp.rpc.prompts_get'],
    ['mcp', 'mcp.rpc.tools_list'],
    ['mcp', 'mcp.rpc.notifications_*'],
    ['mcp', 'mcp.rpc.notifications_deploy'],
    ['mcp', 'mcp.rpc.$_cancel'],
    ['mcp', 'mcp.tools.call.list'],
    ['mcp', 'mcp.tools.call.call.x'],
    ['mcp', 'mcp.tools.call*'],
    ['mcp', 'mcp.tools.%C3*'],
    ['mcp', 'mcp.tools.*%A9'],
    ['mcp', 'mcp.tools.l%C3%B6schen'],
    ['mcp', 'mcp.tools.repo%2Fdelete'],
    ['mcp', '*.delete_*'],
    ['mcp', 'mcp.resources.subscribe.*'],
    ['mcp', `mcp.resources.$${'0'.repeat(64)}`],
    ['*', 'mcp.tools.*'],
    ['*', 'generic.delete'],
  ])('of kind %s: %s can match', (kind, pattern) => {
    expect(canMatch(kind, pattern)).toBe(true)
  })

  test('the methods that the connector knows are those that Node reads', () => {
    expect([...HTTP_METHODS].sort()).toEqual([...METHODS].sort())
  })

  test.each(METHODS)('the method %s has a name that a pattern can be, in either family', (method) => {
    const action = httpAction(method)
    for (const one of [action, ...lessSpecificOf(action)]) {
      expect(canMatch('http', one), one).toBe(true)
      expect(canMatch('http', `${one}x`), `${one}x`).toBe(false)
    }
    expect(CONNECTORS.get('http')?.actions.map(({ name }) => name)).toContain(action)
  })

  test.each([...CONNECTORS.values()])(
    'what is allowed from the beginning in $kind can',
    ({ kind, builtin }) => {
      for (const pattern of builtin) expect(canMatch(kind, pattern), pattern).toBe(true)
    },
  )
})

test('a name may be longer than a pattern, and has no wildcard', () => {
  expect(canName('mcp', `mcp.tools.${'x'.repeat(MAX_PATTERN_LENGTH)}`)).toBe(true)
  expect(canName('mcp', 'mcp.tools.*')).toBe(false)
  expect(canName('mcp', 'nonsense')).toBe(false)
  expect(canName('http', 'http.gett')).toBe(false)
})

test.each([
  ['mcp', 'http.get', 'http'],
  ['mcp', 'generic.*', 'http'],
  ['mcp', 'HTTP.GET', 'http'],
  ['http', 'mcp.tools.x', 'mcp'],
  ['http', 'http.get', undefined],
  ['mcp', 'files.delete', undefined],
  ['*', 'http.get', undefined],
])('for the kind %s, %s is of the other kind %s', (kind, text, other) => {
  expect(otherKindOf(kind, text)).toBe(other)
})

describe('for any message', () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('list', 'call.', 'call.list', 'read.x', 'get.list'),
  )
  const name = odd.filter((text) => text !== '')
  const subject = fc.record({ kind: fc.constantFrom('tool', 'prompt', 'resource'), name })
  const method = fc.oneof(
    fc.constantFrom(
      'tools/call',
      'prompts/get',
      'resources/read',
      'resources/subscribe',
      'completion/complete',
    ),
    fc.constantFrom(
      'ping',
      'tools/list',
      'tasks/get',
      'x/y',
      'notifications/deploy',
      'tools_call',
      'Initialize',
    ),
    odd,
  )
  const message = fc.record({
    kind: fc.constantFrom('request', 'notification', 'response', 'unknown'),
    method,
    subject,
  })

  test('a pattern can be its very name', () => {
    fc.assert(
      fc.property(message, (asked) => {
        const action = actionOf(asked as Parameters<typeof actionOf>[0])
        fc.pre(action.length <= MAX_PATTERN_LENGTH)
        expect(canMatch('mcp', action), action).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
