import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type Aim, chunked, head, joined, post } from './requests.ts'

/** A request that is to get `delete` run, past whoever reads it in another way than the server does. */
export interface Trick {
  readonly what: string
  request(aim: Aim): Uint8Array
  /** The code of the refusal: one of ours, of JSON-RPC, or an HTTP status where no more can be told. */
  readonly code: string
}

const STATELESS = '2026-07-28'
const DELETE = call('delete')
const READ = call('read')
const STATELESS_DELETE = statelessCall('delete')
const SIZE = `Content-Length: ${DELETE.length}`

export const MEDIA_TYPES: readonly Trick[] = [
  ...[
    'text/plain',
    'text/plain; application/json',
    'application/vnd.api+json',
    'application/json-rpc',
    'application/json, text/plain',
    'application/jsonp',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=latin1',
    'application/json; charset=utf-7',
    'application/json; charset=utf8',
    'application/json; charset=utf-8; charset=utf-16le',
    'application/json; boundary=x',
    '',
  ].map((type) => headed(`the Content-Type '${type}'`, 'SP_CONTENT_TYPE', DELETE, `Content-Type: ${type}`)),
  headed('no Content-Type', 'SP_CONTENT_TYPE', DELETE, 'Content-Type'),
  ...['utf-16le', 'utf-16'].map((charset) =>
    headed(
      `a body in ${charset}`,
      'SP_CONTENT_TYPE',
      Buffer.from(DELETE, 'utf16le'),
      `Content-Type: application/json; charset=${charset}`,
    ),
  ),
  headed(
    'two Content-Types',
    'SP_CONTENT_TYPE',
    DELETE,
    'Content-Type: text/plain',
    'Content-Type: application/json',
  ),
]

export const ENCODINGS: readonly Trick[] = [
  ...(
    [
      ['gzip', gzipSync(DELETE)],
      ['GZIP', gzipSync(DELETE)],
      ['x-gzip', gzipSync(DELETE)],
      ['deflate', deflateSync(DELETE)],
      ['deflate', deflateRawSync(DELETE)],
      ['br', brotliCompressSync(DELETE)],
      ['zstd', zstdCompressSync(DELETE)],
      ['identity, gzip', gzipSync(DELETE)],
      ['unknown', DELETE],
    ] as const
  ).map(([encoding, body]) =>
    headed(`a body in ${encoding}`, 'SP_CONTENT_ENCODING', body, `Content-Encoding: ${encoding}`),
  ),
  headed(
    'two Content-Encodings',
    'SP_CONTENT_ENCODING',
    gzipSync(DELETE),
    'Content-Encoding: identity',
    'Content-Encoding: gzip',
  ),
  headed('a compressed body that says nothing of it', 'SP_JSON_NOT_STRICT', gzipSync(DELETE)),
]

/** A mirrored header never decides. In revisions that have mirrored headers, a lie is refused. */
export const LIES: readonly Trick[] = [
  headed('an Mcp-Method that says tools/list', 'denied', DELETE, 'Mcp-Method: tools/list'),
  headed('an Mcp-Name that says read', 'denied', DELETE, 'Mcp-Method: tools/call', 'Mcp-Name: read'),
  headed('X-HTTP-Method-Override', 'denied', DELETE, 'X-HTTP-Method-Override: GET'),
  headed('an older revision', 'denied', DELETE, 'MCP-Protocol-Version: 2025-03-26'),
  stateless('the truth in headers', 'denied', 'tools/call', 'delete'),
  stateless('an Mcp-Method that says tools/list', '-32020', 'tools/list', 'delete'),
  stateless('an Mcp-Name that says read', '-32020', 'tools/call', 'read'),
  stateless('an Mcp-Name in Base64 that says read', '-32020', 'tools/call', '=?base64?cmVhZA==?='),
  stateless('an Mcp-Name in capitals', '-32020', 'tools/call', 'DELETE'),
  headed(
    'a stateless body behind a header of 2025-11-25',
    '-32020',
    STATELESS_DELETE,
    'MCP-Protocol-Version: 2025-11-25',
  ),
  headed(
    'a stateless header on a body of 2025-11-25',
    '-32602',
    DELETE,
    `MCP-Protocol-Version: ${STATELESS}`,
    'Mcp-Method: tools/call',
    'Mcp-Name: delete',
  ),
  headed(
    'two Mcp-Names',
    '-32020',
    STATELESS_DELETE,
    `MCP-Protocol-Version: ${STATELESS}`,
    'Mcp-Method: tools/call',
    'Mcp-Name: read',
    'Mcp-Name: delete',
  ),
  headed('a revision that never was', 'SP_PROTOCOL_VERSION', DELETE, 'MCP-Protocol-Version: 1999-01-01'),
  headed(
    'two revisions',
    'SP_PROTOCOL_VERSION',
    DELETE,
    'MCP-Protocol-Version: 2025-11-25',
    'MCP-Protocol-Version: 2025-03-26',
  ),
  headed('a session that is not ours', 'SP_SESSION_UNKNOWN', DELETE, 'Mcp-Session-Id: 1'),
]

/** A sender that uses another's name is not known, so there is no gateway to record it under. */
export const STRANGERS: readonly Trick[] = [
  ...[
    'http://evil.example',
    'null',
    'http://127.0.0.1.evil.example',
    'file://',
    'http://localhost@evil.example',
  ].map((origin) => headed(`the Origin ${origin}`, 'SP_ORIGIN_REFUSED', DELETE, `Origin: ${origin}`)),
  ...['evil.example', '127.0.0.1.evil.example', '127.0.0.1@evil.example', '', 'localhost evil.example'].map(
    (host) => headed(`the Host '${host}'`, 'SP_HOST_REFUSED', DELETE, `Host: ${host}`),
  ),
  headed(
    'two Origins',
    'SP_IDENTITY_REPEATED',
    DELETE,
    'Origin: http://localhost',
    'Origin: http://evil.example',
  ),
  framed(
    'two Hosts',
    (aim) => [head(aim, [`Host: ${aim.authority}`, 'Host: evil.example', SIZE]), '\r\n', DELETE],
    'SP_IDENTITY_REPEATED',
  ),
  framed('no Host', (aim) => [head(aim, ['Host', SIZE]), '\r\n', DELETE], 'SP_HOST_REFUSED'),
  framed(
    'an absolute target of another host',
    (aim) => [head(aim, [SIZE]).replace(aim.path, `http://evil.example${aim.path}`), '\r\n', DELETE],
    'SP_HOST_REFUSED',
  ),
  framed(
    'a second request behind a shorter length',
    (aim) => [
      head(aim, [`Content-Length: ${READ.length}`, 'Connection: keep-alive']),
      '\r\n',
      READ,
      post({ ...aim, token: 'none' }, DELETE),
    ],
    'SP_UNAUTHENTICATED',
  ),
  headed(
    'two tokens',
    'SP_IDENTITY_REPEATED',
    DELETE,
    'Authorization: Bearer none',
    'Authorization: Bearer some',
  ),
  headed('no token', 'SP_UNAUTHENTICATED', DELETE, 'Authorization'),
  {
    what: 'a token in the query',
    code: 'SP_UNAUTHENTICATED',
    request: (aim) =>
      post({ ...aim, path: `${aim.path}?access_token=${aim.token}` }, DELETE, ['Authorization']),
  },
]

/** Frames that two readers of HTTP cut differently: the refusal is the parser's, before anybody is known. */
export const FRAMES: readonly Trick[] = [
  framed('a length and chunks', (aim) => [
    head(aim, [SIZE, 'Transfer-Encoding: chunked']),
    '\r\n',
    chunked(DELETE),
  ]),
  framed('chunks and a length of nought', (aim) => [
    head(aim, ['Transfer-Encoding: chunked', 'Content-Length: 0']),
    '\r\n',
    chunked(DELETE),
  ]),
  framed('two lengths', (aim) => [head(aim, [SIZE, 'Content-Length: 2']), '\r\n', DELETE]),
  framed('the same length twice', (aim) => [head(aim, [SIZE, SIZE]), '\r\n', DELETE]),
  framed('a length with a sign', (aim) => [head(aim, [`Content-Length: +${DELETE.length}`]), '\r\n', DELETE]),
  framed('a hexadecimal length', (aim) => [head(aim, ['Content-Length: 0x40']), '\r\n', DELETE]),
  framed('a list of lengths', (aim) => [head(aim, [`${SIZE}, ${DELETE.length}`]), '\r\n', DELETE]),
  framed('chunked twice', (aim) => [
    head(aim, ['Transfer-Encoding: chunked, chunked']),
    '\r\n',
    chunked(DELETE),
  ]),
  framed('chunked, then identity', (aim) => [
    head(aim, ['Transfer-Encoding: chunked, identity']),
    '\r\n',
    chunked(DELETE),
  ]),
  framed('a coding that does not exist', (aim) => [
    head(aim, ['Transfer-Encoding: xchunked']),
    '\r\n',
    chunked(DELETE),
  ]),
  framed('a coding behind a vertical tab', (aim) => [
    head(aim, ['Transfer-Encoding: \vchunked']),
    '\r\n',
    chunked(DELETE),
  ]),
  framed('a space before the colon', (aim) => [
    head(aim, [`Content-Length : ${DELETE.length}`]),
    '\r\n',
    DELETE,
  ]),
  framed('a folded header', (aim) => [head(aim, [`X-A: b\r\n ${SIZE}`]), '\r\n', DELETE]),
  framed('a NUL in a header', (aim) => [head(aim, ['X-A: b\0c', SIZE]), '\r\n', DELETE]),
  framed('a bare CR in a header', (aim) => [head(aim, ['X-A: b\rc', SIZE]), '\r\n', DELETE]),
  framed('a chunk size with a sign', (aim) => [
    head(aim, ['Transfer-Encoding: chunked']),
    '\r\n',
    `+${chunked(DELETE)}`,
  ]),
  framed('a chunk size with 0x', (aim) => [
    head(aim, ['Transfer-Encoding: chunked']),
    '\r\n',
    `0x${chunked(DELETE)}`,
  ]),
  framed('a chunk that is longer than it says', (aim) => [
    head(aim, ['Transfer-Encoding: chunked']),
    '\r\n',
    `2\r\n${DELETE}\r\n0\r\n\r\n`,
  ]),
  framed('a chunk extension with a line feed', (aim) => [
    head(aim, ['Transfer-Encoding: chunked']),
    '\r\n',
    chunked(DELETE, ';a=\nb'),
  ]),
  framed('a method in small letters', (aim) => [head(aim, [SIZE]).replace('POST', 'post'), '\r\n', DELETE]),
  framed('HTTP/2 without asking', (aim) => [
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    head(aim, [SIZE]),
    '\r\n',
    DELETE,
  ]),
]

/** Well framed, and odd: judged like any other request, and denied. */
export const ODD_FRAMES: readonly Trick[] = [
  framed('chunks', (aim) => [head(aim, ['Transfer-Encoding: chunked']), '\r\n', chunked(DELETE)], 'denied'),
  framed(
    'a chunk with an extension',
    (aim) => [head(aim, ['Transfer-Encoding: chunked']), '\r\n', chunked(DELETE, ';name=read')],
    'denied',
  ),
  framed(
    'a trailer that names another tool',
    (aim) => [
      head(aim, ['Transfer-Encoding: chunked', 'Trailer: Mcp-Name']),
      '\r\n',
      chunked(DELETE, '', 'Mcp-Name: read\r\n'),
    ],
    'denied',
  ),
  framed(
    'a second request in the same packet',
    (aim) => [post(aim, READ, ['Connection: keep-alive']), post(aim, DELETE)],
    'denied',
  ),
  framed(
    'an upgrade to HTTP/2',
    (aim) => [
      head(aim, [
        SIZE,
        'Connection: close, Upgrade, HTTP2-Settings',
        'Upgrade: h2c',
        'HTTP2-Settings: AAMAAABkAAQAAP__',
      ]),
      '\r\n',
      DELETE,
    ],
    'denied',
  ),
  framed(
    'an absolute target',
    (aim) => [head(aim, [SIZE]).replace(aim.path, `http://${aim.authority}${aim.path}`), '\r\n', DELETE],
    'denied',
  ),
]

/** Requests that are not a POST to an upstream's path. */
export const DETOURS: readonly Trick[] = [
  ...['PUT', 'PATCH', 'OPTIONS'].map((method) =>
    framed(
      `a ${method}`,
      (aim) => [head(aim, [SIZE]).replace('POST', method), '\r\n', DELETE],
      'SP_METHOD_NOT_ALLOWED',
    ),
  ),
  ...['%2e%2e/mcp', '..%2f', '%00', 'mcp', '..'].map((suffix) =>
    framed(
      `the path …/${suffix}`,
      (aim) => [post({ ...aim, path: `${aim.path}/${suffix}` }, DELETE)],
      'SP_UPSTREAM_UNKNOWN',
    ),
  ),
]

function call(name: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } })
}

function statelessCall(name: string): string {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': STATELESS,
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const params = { name, arguments: {}, _meta }
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
}

function headed(what: string, code: string, body: string | Uint8Array, ...instead: string[]): Trick {
  return { what, code, request: (aim) => post(aim, body, instead) }
}

function stateless(what: string, code: string, method: string, name: string): Trick {
  const lines = [`MCP-Protocol-Version: ${STATELESS}`, `Mcp-Method: ${method}`, `Mcp-Name: ${name}`]
  return headed(`2026-07-28: ${what}`, code, STATELESS_DELETE, ...lines)
}

function framed(
  what: string,
  parts: (aim: Aim) => readonly (string | Uint8Array)[],
  code = 'SP_REQUEST_UNREADABLE',
): Trick {
  return { what, code, request: (aim) => joined(...parts(aim)) }
}
