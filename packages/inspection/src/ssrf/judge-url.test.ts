import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeResolved, judgeUrl } from './judge-url.ts'

test.each([
  ['http://169.254.169.254/latest/meta-data/', 'ssrf.metadata'],
  ['http://metadata.google.internal/', 'ssrf.metadata'],
  ['http://[fd00:ec2::254]/', 'ssrf.metadata'],
  ['http://localhost.:8080/', 'ssrf.loopback'],
  ['http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/', 'ssrf.loopback'],
  ['http://[::ffff:10.0.0.1]/', 'ssrf.private'],
  ['http://[64:ff9b::10.0.0.1]/', 'ssrf.private'],
  ['http://[2002:a00:1::]/', 'ssrf.transition'],
  ['http://kubernetes.default.svc.cluster.local/', 'ssrf.internal_name'],
  ['http://app-10-0-0-1.sslip.io/', 'ssrf.private'],
  ['http://0a000001.nip.io/', 'ssrf.private'],
  ['http://lvh.me/', 'ssrf.loopback'],
  ['http://a.1u.ms/', 'ssrf.reserved'],
  ['http://example.com\\@10.0.0.1/', 'ssrf.private'],
  ['http://example.com#@10.0.0.1/', 'ssrf.private'],
  ['http://010.0.0.1/', 'ssrf.private'],
  ['file:///etc/passwd', 'ssrf.scheme'],
  ['gopher://127.0.0.1:6379/_INFO', 'ssrf.scheme'],
  ['data:text/html,hi', 'ssrf.scheme'],
  ['http://[fe80::1%25eth0]/', 'ssrf.unreadable'],
])('%s is not fetched: %s', (url, rule) => {
  expect(judgeUrl(url)?.rule).toBe(rule)
})

test.each([
  'https://example.com/?next=http://127.0.0.1/',
  'https://user:pass@example.com/',
  'https://10.0.0.1.example.com/',
  'https://example.com/@user',
  'http://8.8.8.8.nip.io/',
  'http://[2a00:1450:4001:81b::200e]/',
  'https://münchen.de/',
  'example.com/path',
])('nothing is said against %s', (url) => {
  expect(judgeUrl(url)).toBeUndefined()
})

const octets = fc.tuple(fc.constant(10), fc.nat(255), fc.nat(255), fc.nat(255))
const digit = (value: number) =>
  fc.constantFrom(
    String(value),
    `0x${value.toString(16)}`,
    `0${value.toString(8)}`,
    `0x0${value.toString(16).toUpperCase()}`,
  )

test('a private address is refused however it is spelled', () => {
  const spelled = octets.chain(([a, b, c, d]) =>
    fc.oneof(
      fc.tuple(digit(a), digit(b), digit(c), digit(d)).map((parts) => parts.join('.')),
      fc.tuple(digit(a), digit(b), digit(c * 256 + d)).map((parts) => parts.join('.')),
      fc.tuple(digit(a), digit((b * 256 + c) * 256 + d)).map((parts) => parts.join('.')),
      digit(((a * 256 + b) * 256 + c) * 256 + d),
      fc.constant(`[::ffff:${a}.${b}.${c}.${d}]`),
      fc.constant(Array.from(`${a}.${b}.${c}.${d}`, (one) => `%${one.charCodeAt(0).toString(16)}`).join('')),
    ),
  )
  fc.assert(
    fc.property(spelled, fc.constantFrom('', '.', ':8080', '/x', '?y', '#z'), (host, behind) => {
      const text = host.startsWith('[') && behind === '.' ? host : host + behind
      expect(judgeUrl(`http://${text}`)?.rule).toBe('ssrf.private')
    }),
  )
})

test('of the addresses of a name every one has to be public', async () => {
  const to = (...addresses: string[]) => judgeResolved('https://a.example.com/', async () => addresses)
  expect(await to('8.8.8.8', '2a00:1450::1')).toEqual({
    fault: undefined,
    addresses: ['8.8.8.8', '2a00:1450::1'],
  })
  expect((await to('8.8.8.8', '127.0.0.1')).fault?.reason).toBe(
    'a.example.com has the address 127.0.0.1, which is the machine itself',
  )
  expect((await to()).fault?.rule).toBe('ssrf.unresolved')
})
