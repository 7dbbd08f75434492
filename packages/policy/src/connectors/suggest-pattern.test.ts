import { expect, test } from 'vitest'
import { canMatch } from './index.ts'
import { hasOtherWildcard } from './other-wildcards.ts'
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
  ['mcp', 'mcp.tools.delete_[ab]', 'mcp.tools.delete_*'],
  ['mcp', 'mcp.tools.delete_?', 'mcp.tools.delete_*'],
  ['mcp', 'mcp.tools.delete_%', 'mcp.tools.delete_*'],
  ['mcp', 'tools.{read,list}_file', 'mcp.tools.*_file'],
  ['mcp', 'mcp.tools.(get|list)_[a-z]*', 'mcp.tools.*_*'],
  ['mcp', 'mcp.resources.db://host/users?x', 'mcp.resources.db%3A%2F%2Fhost%2Fusers%3Fx'],
  ['mcp', 'mcp:tools:delete_?', 'mcp.tools.delete_*'],
  ['mcp', 'mcp/resources/urn:x?y', 'mcp.resources.urn%3Ax%3Fy'],
  ['mcp', 'mcp/tools/read_*', 'mcp.tools.read_*'],
  ['mcp', 'mcp/prompts/greet', 'mcp.prompts.greet'],
  ['mcp', 'tools/read_*', 'mcp.tools.read_*'],
  ['mcp', 'tools/list', 'mcp.tools.list'],
  ['mcp', 'tasks/list', 'mcp.rpc.tasks_list'],
  ['mcp', 'mcp.rpc.deploy/now', 'mcp.rpc.deploy_now'],
  ['mcp', 'mcp..tools.x', 'mcp.tools.x'],
  ['mcp', 'mcp...tools..x', 'mcp.tools.x'],
  ['mcp', 'mcp.tool._x', 'mcp.tools._x'],
  ['mcp', 'mcp.tools_delete', 'mcp.tools.delete'],
  ['mcp', 'mcp.tools-delete', 'mcp.tools.delete'],
  ['mcp', 'mcp_tools_delete_*', 'mcp.tools.delete_*'],
  ['mcp', 'mcp.prompts_greet', 'mcp.prompts.greet'],
  ['mcp', 'mcp.tools_list', 'mcp.tools.list'],
  ['http', 'http.gte', 'http.get'],
  ['http', 'http.gett', 'http.get'],
  ['http', 'http.delet', 'http.delete'],
  ['http', 'http.gte*', 'http.get'],
  ['http', 'api.delete', 'http.delete'],
  ['http', 'http.remove', 'http.delete'],
  ['http', 'http.websockt', 'http.websocket'],
  ['http', 'generic.delet', 'generic.delete'],
  ['http', 'http.propfnd', 'http.propfind'],
  ['http', 'http.msearch', 'http.m-search'],
  ['http', 'http..get', 'http.get'],
  ['http', 'http_get', 'http.get'],
  ['http', 'http/get', 'http.get'],
  ['http', 'http', 'http.*'],
  ['http', 'http.getUsers', 'http.get'],
  ['http', 'GET /users', 'http.get'],
  ['http', 'http.wombat', 'http.*'],
  ['*', 'http.gte', 'http.get'],
  ['*', 'htp.gte', 'http.get'],
  ['*', 'generic.delet', 'generic.delete'],
  ['*', 'http.remove', 'http.delete'],
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

test.each([
  ['mcp', 'http.get'],
  ['mcp', 'generic.*'],
  ['http', 'mcp.tools.x'],
])('of kind %s, %s means nothing: it is of another kind', (kind, source) => {
  expect(suggestPattern(kind, source, UPSTREAMS)).toBeUndefined()
})

test('an upstream may be called like the names of another kind', () => {
  const suggestion = suggestPattern('mcp', 'generic.delete_*', ['generic'])
  expect(suggestion).toEqual({ action: 'mcp.tools.delete_*', upstream: 'generic' })
})

test.each([
  ['mcp.tools.delete_[ab]', true],
  ['delete_?', true],
  ['mcp.tools.{a,b}', true],
  ['mcp.tools.delete_*', false],
  ['mcp.tools.a%2Fb', false],
  ['mcp.tools.a b', false],
  ['mcp.resources.http://[::1]/x?y', false],
])('%s has a wildcard that patterns do not have: %j', (text, has) => {
  expect(hasOtherWildcard(text)).toBe(has)
})

test('a text that is longer than a pattern may be means nothing', () => {
  expect(suggestPattern('*', 'x'.repeat(300), [])).toBeUndefined()
})
