import { expect, test } from 'vitest'
import { readingsOf } from './host-readings.ts'

test.each([
  ['https://user:pw@example.com:8443/x?next=http://127.0.0.1/', ['example.com']],
  ['https://example.com/@user', ['example.com']],
  ['https://MÜNCHEN.de/', ['xn--mnchen-3ya.de']],
  ['http://0x7f.1/', ['127.0.0.1']],
  ['http://[::ffff:7f00:1]/', ['::ffff:7f00:1']],
  ['localhost:8080/x', ['localhost']],
  ['//10.0.0.1/x', ['10.0.0.1']],
])('%s leads to %j and nowhere else', (url, hosts) => {
  expect(readingsOf(url)?.hosts).toEqual(hosts)
})

test.each([
  ['http://example.com\\@127.0.0.1/', ['example.com', '127.0.0.1']],
  ['http://example.com#@127.0.0.1/', ['example.com', '127.0.0.1']],
  ['http://example.com:80%40127.0.0.1:80%40@10.0.0.1/', ['10.0.0.1']],
  ['http://010.0.0.1/', ['8.0.0.1', '10.0.0.1']],
])('%s may lead to %j', (url, hosts) => {
  expect(readingsOf(url)?.hosts).toEqual(expect.arrayContaining(hosts))
})

test.each([
  '',
  'http://',
  'http://[fe80::1%25eth0]/',
  'http://127.0.0.1.1/',
  `http://example.com/${'a'.repeat(9000)}`,
])('nobody can read %s', (url) => {
  expect(readingsOf(url)).toBeUndefined()
})
