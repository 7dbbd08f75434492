import { describe, expect, test } from 'vitest'
import { hostList, isLoopback, isPrivate } from './hosts.ts'
import { DEVELOPMENT, type Perimeter, refuseShortcuts } from './perimeter.ts'

test.each([
  ...['localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.1', '127.255.255.255'],
  ...['[::1]', '::1', '[::ffff:7f00:1]', '::ffff:127.0.0.1', '[::ffff:127.8.9.1]'],
])('%s is this machine', (host) => {
  expect([isLoopback(host), isPrivate(host)]).toEqual([true, true])
})

test.each([
  ...['10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '168.63.129.16'],
  ...['[fd00::1]', '[fe80::1]', '[::]', '[::ffff:a00:1]', '[64:ff9b::a00:1]', '[2002:a00:1::]', '[::a00:1]'],
  ...['localhost.', 'a.localhost', 'LOCALHOST.', '[::2]', '[::ffff:0.0.0.0]'],
  ...['kafka', 'mcp.tools.svc', 'mcp.tools.svc.cluster.local', 'metadata.google.internal', 'printer.local.'],
])('%s is private and another host', (host) => {
  expect([isLoopback(host), isPrivate(host)]).toEqual([false, true])
})

test.each([
  '8.8.8.8',
  '[2606:4700::1]',
  '::ffff:8.8.8.8',
  'mcp.example.com',
  'localhost.example.com',
  'x.internal.example',
])('%s is public', (host) => {
  expect([isLoopback(host), isPrivate(host)]).toEqual([false, false])
})

describe('a list of hosts', () => {
  const listed = hostList(['kafka', '*.tools.svc', '10.0.0.0/8', '::1', '2001:db8::/32'])

  test.each([
    'kafka',
    'KAFKA.',
    'a.tools.svc',
    'a.b.tools.svc',
    '10.255.0.1',
    '::ffff:10.0.0.1',
    '[::1]',
    '2001:db8::9',
  ])('has %s', (host) => {
    expect(listed.has(host)).toBe(true)
  })

  test.each(['tools.svc', 'notools.svc', 'kafka.example', '11.0.0.1', '::2', '', 'kafka:9092'])(
    'has no %s',
    (host) => {
      expect(listed.has(host)).toBe(false)
    },
  )

  test.each(['*', '10.0.0.0/33', '10.0.0.0/', 'a b', 'http://kafka', 'kafka:9092', '::/129'])(
    'refuses the entry %s',
    (entry) => {
      expect(() => hostList([entry])).toThrow(/must be host names/)
    },
  )
})

describe('production', () => {
  const production: Perimeter = {
    mode: 'production',
    privateAddresses: hostList(['10.7.0.0/16', '127.0.0.1', 'files.svc']),
  }

  test.each([
    ['http://mcp.example.com/mcp', false, /plain HTTP to mcp\.example\.com is a developer shortcut/],
    ['http://10.7.0.1/mcp', false, /plain HTTP to 10\.7\.0\.1/],
    ['https://mcp.example.com/mcp', true, /--insecure is a developer shortcut/],
    ['https://10.8.0.1/mcp', false, /the private address 10\.8\.0\.1 that nobody listed/],
    ['https://169.254.169.254/latest', false, /SALLYPORT_PRIVATE_ADDRESSES/],
    ['https://[::ffff:169.254.169.254]/', false, /SALLYPORT_PRIVATE_ADDRESSES/],
    ['https://0x0a080001/', false, /private address 10\.8\.0\.1/],
    ['https://other.svc/', false, /private address other\.svc/],
    ['http://localhost:3001/', false, /private address localhost/],
  ])('refuses %s (--insecure: %s) by name', (url, insecure, said) => {
    expect(() => refuseShortcuts(production, url, insecure)).toThrow(said)
    expect(() => refuseShortcuts(DEVELOPMENT, url, insecure)).not.toThrow()
  })

  test.each([
    'https://mcp.example.com/mcp',
    'https://10.7.3.4/',
    'https://files.svc/',
    'http://127.0.0.1:3001/mcp',
  ])('lets %s be', (url) => {
    expect(() => refuseShortcuts(production, url, false)).not.toThrow()
  })
})
