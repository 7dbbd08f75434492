import { describe, expect, test } from 'vitest'
import { MethodRefused, UpgradeRefused } from '../errors.ts'
import { type Arrival, announcedBody, type RawHead, readHead, withJson, withKept } from './read-request.ts'

const arrival = {
  actionId: 'a-1',
  gateway: { id: 'g', name: 'agent', tokenHash: '', issuers: [], createdAt: '', revokedAt: null },
  upstream: {
    name: 'api',
    connector: 'http',
    target: { kind: 'http', url: 'https://api.test' },
    credential: null,
    createdAt: '',
  },
  agentAuthorization: null,
  arrivedAt: 0,
} as unknown as Arrival

const head = (over: Partial<RawHead> = {}): RawHead => ({
  method: 'GET',
  httpVersion: '1.1',
  path: '/users/%7e',
  query: 'a=1&a=2&q=x+y',
  rawHeaders: ['Host', 'proxy', 'Accept', 'text/plain', 'User-Agent', 'curl/8.1'],
  upgrading: false,
  ...over,
})
const read = (over: Partial<RawHead> = {}) => readHead(arrival, head(over))

test('a request is named by its method, and shown as what goes upstream', () => {
  expect(read()).toMatchObject({
    action: 'http.get',
    lessSpecific: ['generic.get'],
    risk: 'low',
    method: 'GET',
    protocolVersion: 'HTTP/1.1',
    client: { name: 'curl', version: '8.1' },
    target: { path: '/users/~', query: 'a=1&a=2&q=x+y' },
    params: {
      path: '/users/~',
      query: { a: ['1', '2'], q: 'x y' },
      headers: { accept: 'text/plain', 'user-agent': 'curl/8.1', via: '1.1 sallyport' },
    },
  })
})

test.each(['TRACE', 'CONNECT'])('%s is not passed on', (method) => {
  expect(() => read({ method })).toThrow(MethodRefused)
})

describe('a WebSocket', () => {
  const ask = (...instead: string[]) =>
    read({
      upgrading: true,
      rawHeaders: [
        'Connection',
        'Upgrade',
        ...(instead.length > 0 ? instead : ['Upgrade', 'websocket']),
        'Sec-WebSocket-Version',
        '13',
        'Sec-WebSocket-Key',
        'x',
      ],
    })

  test('is an action of its own, as what is said on it is not judged', () => {
    expect(ask()).toMatchObject({ kind: 'websocket', action: 'http.websocket', method: 'GET' })
  })

  test('is asked for as RFC 6455 says, or refused', () => {
    expect(() => ask('Upgrade', 'h2c')).toThrow(UpgradeRefused)
    expect(() => ask('Upgrade', 'websocket', 'Content-Length', '5')).toThrow(UpgradeRefused)
    expect(() => read({ upgrading: true, method: 'POST' })).toThrow(UpgradeRefused)
  })
})

describe('the text that an approval is for', () => {
  const text = (over: Partial<RawHead> = {}) => read(over).argumentsText

  test('is one for a repeated request, whatever is of the attempt and however long it waits', () => {
    const attempt = (id: string, wait: string) =>
      text({ rawHeaders: ['X-Request-Id', id, 'Prefer', wait, 'Accept', 'a', 'Sallyport-Approval', id] })
    expect(attempt('1', 'wait=1')).toBe(attempt('2', 'wait=20'))
    expect(attempt('1', 'wait=1')).toBe(text({ rawHeaders: ['Accept', 'a'] }))
  })

  test.each<[string, Partial<RawHead>]>([
    ['method', { method: 'HEAD' }],
    ['path', { path: '/users/a' }],
    ['query', { query: 'a=1&a=2&q=x%20y' }],
    ['order of a query', { query: 'a=2&a=1&q=x+y' }],
    ['header', { rawHeaders: ['If-Match', '"a"'] }],
    ['preference', { rawHeaders: ['Prefer', 'return=minimal'] }],
  ])('is another for another %s', (_, over) => {
    expect(text(over)).not.toBe(text())
  })

  test('is JSON', () => {
    expect(JSON.parse(text() ?? '')).toMatchObject({ method: 'GET', query: { q: 'x y' } })
  })
})

describe('a body', () => {
  const announced = (...rawHeaders: string[]) => announcedBody({ rawHeaders }, read({ rawHeaders }))

  test('is announced by its length or by chunks', () => {
    expect(announced('Content-Length', '7', 'Content-Type', 'text/plain')).toEqual({ length: 7, json: false })
    expect(announced('Transfer-Encoding', 'chunked')).toEqual({ length: null, json: false })
    expect(announced('Content-Length', '0')).toBeNull()
    expect(announced()).toBeNull()
  })

  test.each([
    ['application/json', undefined, true],
    ['application/json; charset=utf-8', undefined, true],
    ['Application/JSON; charset="UTF-8"', 'identity', true],
    ['application/merge-patch+json', undefined, true],
    ['application/json; charset=utf-16', undefined, false],
    ['application/json', 'gzip', false],
    ['text/json', undefined, true],
    ['application/x-json', undefined, true],
    ['text/json+x', undefined, false],
    ['application/x-ndjson', undefined, false],
    ['text/plain', undefined, false],
  ])('of type %j, encoded %j: JSON %j', (type, encoding, json) => {
    const encoded = encoding === undefined ? [] : ['Content-Encoding', encoding]
    expect(announced('Content-Length', '7', 'Content-Type', type, ...encoded)).toEqual({ length: 7, json })
  })

  test('is read by the type and the encoding that go upstream, whatever is left out on the way', () => {
    const sent = ['Content-Length', '7', 'Content-Type', 'application/json']
    const encoded = announced(...sent, 'Content-Encoding', 'gzip', 'Connection', 'content-encoding')
    expect(encoded).toEqual({ length: 7, json: true })
    expect(announced(...sent, 'Connection', 'content-type')).toEqual({ length: 7, json: false })
  })

  test('of JSON is shown, bound and forwarded as one canonical text', () => {
    const call = withJson(read({ method: 'POST' }), Buffer.from('{ "b": 1.0, "a": "\\u0041" }'), {})
    expect(call.body).toEqual({ kind: 'json', text: '{"b":1.0,"a":"A"}' })
    expect(JSON.stringify(call.params)).toContain('"body":{"b":1.0,"a":"A"}')
    expect(call.argumentsText).toContain('"body":{"a":"A","b":1.0}')
  })

  test('of JSON that parsers read differently is refused', () => {
    expect(() => withJson(read(), Buffer.from('{"a":1,"a":2}'), {})).toThrow(/occurs twice/)
  })

  test('that is rewritten loses the digest of its bytes', () => {
    const rawHeaders = ['Content-Digest', 'sha-256=:x:', 'Accept', 'a']
    const withDigest = (text: string) =>
      withJson(read({ rawHeaders }), Buffer.from(text), {}).fields.map(([name]) => name)
    expect(withDigest('{"a":1}')).toContain('content-digest')
    expect(withDigest('{"a": 1}')).not.toContain('content-digest')
  })

  test('that is not JSON is bound by its digest once it is kept', () => {
    const [one, other] = ['one', 'two'].map((text) => withKept(read({ method: 'PUT' }), Buffer.from(text)))
    expect(one?.argumentsText).not.toBe(other?.argumentsText)
    expect(one?.params).toMatchObject({ body: { bytes: 3, unread: 'not_json' } })
  })
})
