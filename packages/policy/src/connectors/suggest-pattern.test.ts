import { expect, test } from 'vitest'
import { canMatch } from './index.ts'
import { suggestPattern } from './suggest-pattern.ts'

const UPSTREAMS = ['files', 'tracker']

test.each([
  ['mcp', 'tools.delete_*', 'mcp.tools.delete_*'],
  ['mcp', 'mcp.tool.delete_*', 'mcp.tools.delete_*'],
  ['mcp', 'mcp.delete_file', 'mcp.tools.delete_file'],
  ['mcp', 'delete_*', 'mcp.tools.delete_*'],
  ['mcp', 'mpc.tools.*', 'mcp.tools.*'],
  ['mcp', 'MCP.Tools.delete_*', 'mcp.tools.delete_*'],
  ['mcp', 'mcp.tools', 'mcp.tools.*'],
  ['mcp', 'mcp.resource.*', 'mcp.resources.*'],
  ['mcp', 'mcp.promt.greet', 'mcp.prompts.greet'],
  ['mcp', 'mcp.rcp.ping', 'mcp.rpc.ping'],
  ['mcp', 'mcp:tools:delete', 'mcp.tools.delete'],
  ['mcp', 'tools/call', 'mcp.tools.*'],
  ['mcp', 'mcp.rpc.tools_call', 'mcp.tools.*'],
  ['mcp', 'resources/read', 'mcp.rpc.resources_read'],
  ['mcp', 'mcp.tools.call.delete_*', 'mcp.tools.delete_*'],
  ['mcp', 'mcp.tools.repo/delete', 'mcp.tools.repo%2Fdelete'],
  ['mcp', 'mcp.tools.repo%2fdelete', 'mcp.tools.repo%2Fdelete'],
  ['mcp', 'mcp.tools.löschen', 'mcp.tools.l%C3%B6schen'],
  ['mcp', 'mcp.tools.%64elete', 'mcp.tools.delete'],
  ['mcp', 'mcp.tools.a b*', 'mcp.tools.a%20b*'],
  ['mcp', 'mcp.resources.file:///srv/*', 'mcp.resources.file%3A%2F%2F%2Fsrv%2F*'],
  ['http', 'http.DELETE', 'http.delete'],
  ['http', 'DELETE', 'http.delete'],
  ['http', 'delte', 'http.delete'],
  ['http', 'http.delete_users', 'http.delete'],
  ['http', 'generic.Post', 'generic.post'],
  ['http', 'htp.*', 'http.*'],
  ['*', 'http.GET', 'http.get'],
  ['*', 'mcp.tool.*', 'mcp.tools.*'],
  ['*', 'delete', 'http.delete'],
  ['*', 'delete_file', 'mcp.tools.delete_file'],
])('of kind %s, %s means %s', (kind, source, action) => {
  expect(suggestPattern(kind, source, UPSTREAMS)).toEqual({ action, upstream: null })
  expect(canMatch(kind, action)).toBe(true)
})

test.each([
  ['files.delete_*', 'files', 'mcp.tools.delete_*'],
  ['mcp.tracker.create_issue', 'tracker', 'mcp.tools.create_issue'],
  ['files.tools.delete_*', 'files', 'mcp.tools.delete_*'],
])('%s is one for the upstream %s', (source, upstream, action) => {
  expect(suggestPattern('mcp', source, UPSTREAMS)).toEqual({ action, upstream })
})

test('a text that is longer than a pattern may be means nothing', () => {
  expect(suggestPattern('*', 'x'.repeat(300), [])).toBeUndefined()
})
