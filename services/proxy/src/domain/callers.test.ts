import { describe, expect, test } from 'vitest'
import { hostAdmitted, originAdmitted, targetsHost } from './callers.ts'

const local = { listensOnLoopback: true, hosts: [], origins: [] }
const named = {
  listensOnLoopback: false,
  hosts: ['Agents.example', '2001:db8::7'],
  origins: ['https://app.example'],
}
const open = { listensOnLoopback: false, hosts: [], origins: [] }

describe('a proxy on loopback', () => {
  test.each([
    'localhost',
    'LOCALHOST:8080',
    '127.0.0.1:1',
    '127.1.2.3',
    '[::1]',
    '[::1]:8080',
    '[::ffff:7f00:1]',
  ])('is reached as %s', (host) => {
    expect(hostAdmitted(host, local)).toBe(true)
  })

  test.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost.',
    'a.localhost',
    '127.0.0.256',
    'localhost:8080:1',
    'localhost:',
    'localhost:123456',
    'user@localhost',
    'localhost/',
    'localhost, evil.example',
    '::1',
    '[::1',
    '[::1]evil.example',
    '[::ffff:127.0.0.1]',
    '[fe80::1%25lo]',
    '0.0.0.0',
    '[::]',
    '2130706433',
    '0x7f.1',
    'ｌocalhost',
  ])('is not reached as %j: a page could have that name rebound', (host) => {
    expect(hostAdmitted(host, local)).toBe(false)
  })

  test.each(['http://localhost:6274', 'https://localhost', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
    'lets a page of this machine call: %s',
    (origin) => {
      expect(originAdmitted(origin, local)).toBe(true)
    },
  )

  test.each([
    '',
    'null',
    'https://evil.example',
    'http://localhost.evil.example',
    'http://localhost.',
    'http://localhost@evil.example',
    'http://evil.example@localhost',
    'http://localhost/path',
    'http://LOCALHOST',
    'http://localhost:80',
    'http://localhost, https://evil.example',
    'http://127.1',
    'http://0x7f000001',
    'chrome-extension://localhost',
    'capacitor://localhost',
    'file://',
    'data:text/html,x',
    'localhost',
  ])('does not let %j call', (origin) => {
    expect(originAdmitted(origin, local)).toBe(false)
  })

  test('agents outside browsers send no Origin', () => {
    expect(originAdmitted(undefined, local)).toBe(true)
  })
})

describe('a proxy with names', () => {
  test.each(['agents.example', 'AGENTS.example:443', '[2001:db8::7]:8080'])('is reached as %s', (host) => {
    expect(hostAdmitted(host, named)).toBe(true)
  })

  test.each(['localhost', '127.0.0.1', 'agents.example.', 'other.agents.example', '[2001:db8::8]'])(
    'is not reached as %s',
    (host) => {
      expect(hostAdmitted(host, named)).toBe(false)
    },
  )

  test('lets the origins call that are listed, and no others, not even of this machine', () => {
    expect(originAdmitted('https://app.example', named)).toBe(true)
    for (const origin of ['http://app.example', 'https://app.example:8443', 'http://localhost:6274', 'null'])
      expect(originAdmitted(origin, named)).toBe(false)
  })
})

test('a target that names a host names the one of the Host header', () => {
  for (const target of ['/mcp/files', '//evil.example/mcp/files', 'http://localhost:8080/mcp/files'])
    expect(targetsHost(target, 'localhost:8080')).toBe(true)
  for (const target of [
    'http://evil.example/mcp/files',
    'http://localhost/mcp/files',
    'mcp/files',
    '*',
    '',
    undefined,
  ])
    expect(targetsHost(target, 'localhost:8080')).toBe(false)
})

test('a proxy in a network has any name unless told otherwise, and still lets no page call', () => {
  expect(hostAdmitted('10.0.0.7:8080', open)).toBe(true)
  expect(hostAdmitted('', open)).toBe(false)
  expect(originAdmitted('http://localhost:3000', open)).toBe(false)
})
