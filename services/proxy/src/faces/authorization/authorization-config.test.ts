import { readConfig } from '@sallyport/runtime'
import { expect, test } from 'vitest'
import { authorizationSpec } from './authorization-config.ts'

const read = (variables: Record<string, string>) =>
  readConfig({ authorization: authorizationSpec }, variables).authorization

test('no issuer is trusted unless it is named', () => {
  expect(read({})).toMatchObject({ url: null, issuers: [], gatewayClaims: ['client_id', 'sub'] })
})

test('issuers are kept as they are written, with the address of their keys where it is given', () => {
  const text =
    'https://login.example/, https://other.example/tenant  https://other.example/keys,http://127.0.0.1:9'
  expect(read({ SALLYPORT_PROXY_ISSUERS: text }).issuers).toEqual([
    { issuer: 'https://login.example/', keysUrl: null },
    { issuer: 'https://other.example/tenant', keysUrl: 'https://other.example/keys' },
    { issuer: 'http://127.0.0.1:9', keysUrl: null },
  ])
})

test.each([
  ['SALLYPORT_PROXY_ISSUERS', 'http://login.example'],
  ['SALLYPORT_PROXY_ISSUERS', 'login.example'],
  ['SALLYPORT_PROXY_ISSUERS', 'https://login.example?tenant=1'],
  ['SALLYPORT_PROXY_ISSUERS', 'https://login.example http://login.example/keys'],
  ['SALLYPORT_PROXY_ISSUERS', 'https://login.example https://a.example https://b.example'],
  ['SALLYPORT_PROXY_ALGORITHMS', 'RS256,none'],
  ['SALLYPORT_PROXY_ALGORITHMS', 'HS256'],
  ['SALLYPORT_PROXY_ALGORITHMS', ' , '],
  ['SALLYPORT_PROXY_URL', 'https://proxy.example/path'],
])('%s=%s cannot be used', (name, value) => {
  expect(() => read({ [name]: value })).toThrow(name)
})
