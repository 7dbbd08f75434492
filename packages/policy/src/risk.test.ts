import { expect, test } from 'vitest'
import { toolAction } from './action.ts'
import { riskOf, riskOfTool } from './risk.ts'

test.each([
  ['mcp.tools.list', 'low'],
  ['mcp.tools.call.list', 'low'],
  ['mcp.tools.read_file', 'low'],
  ['mcp.tools.create_issue', 'medium'],
  ['mcp.tools.echo', 'medium'],
  ['mcp.tools.Delete_Branch', 'high'],
  ['mcp.tools.get_and_delete', 'high'],
  ['mcp.tools.search_and_update', 'medium'],
  ['mcp.rpc.resources_read', 'low'],
  ['mcp.rpc.acme_delete', 'low'],
  ['mcp.rpc.unknown', 'medium'],
  ['generic.post', 'medium'],
] as const)('%s is of %s risk', (action, risk) => {
  expect(riskOf(action)).toBe(risk)
})

test('a name in full-width letters is read like its plain form', () => {
  expect(riskOf(toolAction('ｄｅｌｅｔｅ'))).toBe('high')
})

test('an encoded byte does not complete a word', () => {
  expect(riskOf(toolAction('Þlete'))).toBe('medium')
})

test('the tool of a name has the risk of its action', () => {
  for (const name of ['list', 'run', 'call.send', 'a b', 'deploy%'])
    expect(riskOfTool(name)).toBe(riskOf(toolAction(name)))
})
