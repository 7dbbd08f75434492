import { expect, test } from 'vitest'
import { httpTarget, routedPath } from './http-target.ts'

test.each([
  ['/http/api', { upstream: 'api', path: '', query: null }],
  ['/http/api?x', { upstream: 'api', path: '', query: 'x' }],
  ['/http/api/a%2fb/..?c=/d?e', { upstream: 'api', path: '/a%2fb/..', query: 'c=/d?e' }],
  ['/http/api//x', { upstream: 'api', path: '//x', query: null }],
  ['http://127.0.0.1:1/http/api/x', { upstream: 'api', path: '/x', query: null }],
])('%s is for an upstream', (target, found) => {
  expect(httpTarget(target)).toEqual(found)
  expect(routedPath(target)).toBe('/http/api')
})

test.each([
  '/mcp/api',
  '/http',
  '/http/',
  '/http//x',
  '/http/%61pi/x',
  '/http/../x',
  '/HTTP/api',
  '//http/api',
  'http/api',
])('%s is for none', (target) => {
  expect(httpTarget(target)).toBeUndefined()
  expect(routedPath(target)).toBe(target)
})

test.each([
  ['/mcp/files/', '/mcp/files'],
  ['/mcp/files/?a=/', '/mcp/files?a=/'],
  ['/mcp/files/messages/?session=x', '/mcp/files/messages?session=x'],
  ['/stdio/files/', '/stdio/files'],
  ['/.well-known/oauth-protected-resource/mcp/files/', '/.well-known/oauth-protected-resource/mcp/files'],
  ['/', '/'],
  ['/mcp/files//', '/mcp/files//'],
])('a slash at the end means nothing: %s is %s', (target, same) => {
  expect(routedPath(target)).toBe(same)
})
