import { describe, expect, test } from 'vitest'
import { addressForAgent, contradictedParameter, upstreamPath } from './upstream-target.ts'

test.each([
  ['https://api.test', '', null, '/'],
  ['https://api.test', '/', null, '/'],
  ['https://api.test', '/users', 'a=1', '/users?a=1'],
  ['https://api.test/v1', '/users', null, '/v1/users'],
  ['https://api.test/v1/', '/users', '', '/v1/users'],
  ['https://api.test/v1', '', null, '/v1'],
  ['https://api.test/v1', '/', null, '/v1/'],
  ['https://api.test/v1?version=2', '/users', 'a=1', '/v1/users?version=2&a=1'],
  ['https://api.test/v1?version=2', '', null, '/v1?version=2'],
])('under %s, %j and %j go to %s', (registered, path, query, whole) => {
  expect(upstreamPath(registered, { path, query })).toBe(whole)
})

test.each([
  ['version=3', 'version'],
  ['a=1&%76ersion=3', 'version'],
  ['version', 'version'],
  ['version=2&version=3', 'version'],
  ['version[]=3', 'version'],
  ['a=1;version=3', 'version'],
  ['version=2;a=1', 'version'],
  ['a=1;b=2', undefined],
  ['version%5B0%5D=2', 'version'],
  ['version=2', undefined],
  ['a=1&Version=3', 'version'],
  ['%20version=3', 'version'],
  ['version%00=3', 'version'],
  ['version%00x=2', 'version'],
  ['%2576ersion=3', 'version'],
  ['%EF%BD%96ersion=3', 'version'],
  ['+version=2', 'version'],
  ['versions=3', undefined],
  ['my.version=3', undefined],
  [null, undefined],
])('the query %j contradicts the registered %j', (query, name) => {
  expect(contradictedParameter('https://api.test/v1?version=2', query)).toBe(name)
})

describe('an address that the upstream tells', () => {
  const told = (location: string) =>
    addressForAgent('https://api.test/v1', '/v1/jobs/', location, '/http/api')

  test.each([
    ['https://api.test/v1/jobs/7?full=1#top', '/http/api/jobs/7?full=1#top'],
    ['/v1/jobs/7', '/http/api/jobs/7'],
    ['7', '/http/api/jobs/7'],
    ['?page=2', '/http/api/jobs/?page=2'],
    ['https://api.test/v1', '/http/api'],
  ])('%s is reached through the proxy', (location, address) => {
    expect(told(location)).toBe(address)
  })

  test.each([
    ['https://other.test/v1/jobs', 'https://other.test/v1/jobs'],
    ['//other.test/v1', 'https://other.test/v1'],
    ['/admin', 'https://api.test/admin'],
    ['../../admin', 'https://api.test/admin'],
    ['/v10/jobs', 'https://api.test/v10/jobs'],
    ['https://user@api.test/v1/x', 'https://user@api.test/v1/x'],
  ])('%s is elsewhere and stays what it is', (location, address) => {
    expect(told(location)).toBe(address)
  })

  test('a text that is not an address is not passed on', () => {
    expect(told('http://[')).toBeUndefined()
  })
})
