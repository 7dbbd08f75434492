import { type Aim, head, joined, post } from './requests.ts'

/** A request to an API under /http that is to reach what its gateway may not, and the code that refuses it. */
export interface ApiTrick {
  readonly what: string
  readonly code: string
  request(aim: Aim): Uint8Array
}

/** Ways out of the registered address, or to another resource than the one that is judged. */
export const PATHS: readonly ApiTrick[] = [
  '/..',
  '/../admin',
  '/./x',
  '/x/..',
  '/x/../../admin',
  '/%2e%2e/admin',
  '/.%2e/admin',
  '/%2E%2E/admin',
  '/..%2fadmin',
  '/x%2f..%2f..%2fadmin',
  '/..%5cadmin',
  '/%5c..%5cadmin',
  '/%252e%252e/admin',
  '/%252e%252e%252fadmin',
  '/%25252e%25252e/admin',
  '/..;/admin',
  '/..;a=b/admin',
  '/..%3b/admin',
  '/..%20/admin',
  '/..\\admin',
  '//admin',
  '/x//admin',
  '//evil.example/admin',
  '/%00',
  '/x%00/../admin',
  '/x%0d%0aX-Injected:%201',
  '/%c0%ae%c0%ae/admin',
  '/%25c0%25ae%25c0%25ae/admin',
  '/%EF%BC%8E%EF%BC%8E/admin',
  '/x%EF%BC%8F..%EF%BC%8Fadmin',
  '/..%09/admin',
  '/.%0a./admin',
  '/.%2509./admin',
  '/%',
  '/%zz',
  '/x?a=%',
  '/x?a=%zz',
].map((path) => get(`the path …${path}`, 'SP_TARGET_REFUSED', path))

export const FIELDS: readonly ApiTrick[] = [
  ...['X-HTTP-Method-Override', 'X_HTTP_Method_Override', 'X-HTTP-Method', 'X-Method-Override'].map((name) =>
    get(`${name}: DELETE`, 'SP_OVERRIDE_REFUSED', '/x', `${name}: DELETE`),
  ),
  ...['X-Original-URL', 'X-Rewrite-URL', 'X-Original-URI'].map((name) =>
    get(`${name}: /admin`, 'SP_OVERRIDE_REFUSED', '/x', `${name}: /admin`),
  ),
  ...['Content-Type', 'Range', 'Content-Encoding', 'If-Range'].map((name) =>
    get(`two fields ${name}`, 'SP_HEADER_REPEATED', '/x', `${name}: a`, `${name}: b`),
  ),
  {
    what: 'JSON that parsers read differently',
    code: 'SP_JSON_NOT_STRICT',
    request: (aim) => post(aim, '{"delete":false,"delete":true}'),
  },
]

export const METHODS: readonly ApiTrick[] = [
  method('TRACE', 'SP_METHOD_REFUSED'),
  ...['DELETE', 'PUT', 'PATCH', 'POST', 'PROPFIND', 'QUERY', 'M-SEARCH'].map((name) =>
    method(name, 'denied'),
  ),
  ...['get', 'Get', 'GETX', 'DELETE\tx'].map((name) => method(name, 'SP_REQUEST_UNREADABLE')),
]

/** Requests that may pass. Each is judged, forwarded as it was judged, and without headers about the connection. */
export const PASSING: readonly {
  readonly what: string
  readonly seen: string
  request(aim: Aim): Uint8Array
}[] = [
  passing('an encoded slash stays in its name', '/x%2fy', 'GET /public/x%2Fy'),
  passing('an encoded letter is that letter', '/%61', 'GET /public/a'),
  passing('a query is the same text', '/x?a=%2e%2e/&b=[1]', 'GET /public/x?a=../&b=%5B1%5D'),
  passing(
    'an upgrade to HTTP/2 is left out',
    '/x',
    'GET /public/x',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQAAP__',
  ),
  passing('a field that Connection names is left out', '/x', 'GET /public/x', 'X-Hop: 1'),
]

function passing(what: string, path: string, seen: string, ...lines: string[]) {
  const named = lines.map((line) => line.split(':', 1)[0])
  const connection = `Connection: ${['close', ...named].join(', ')}`
  return { what, seen, request: get(what, '', path, ...lines, connection).request }
}

function get(what: string, code: string, path: string, ...lines: string[]): ApiTrick {
  return { what, code, request: (aim) => joined(starting('GET', aim, path, lines), '\r\n') }
}

function method(name: string, code: string): ApiTrick {
  return { what: `a ${name}`, code, request: (aim) => joined(starting(name, aim, '/x', []), '\r\n') }
}

/** An ordinary head without a body, and with this method. */
function starting(name: string, aim: Aim, path: string, lines: readonly string[]): string {
  const whole = head({ ...aim, path: aim.path + path }, ['Content-Type', ...lines])
  return whole.replace('POST', () => name)
}
