import { FILLINGS, filled } from './fillings.ts'

const MIB = 1024 * 1024
/** Node reads heads of up to 16 KiB. */
const IN_HEAD = 14_000
const JSON_BODY = { 'content-type': 'application/json' }

/** A request to an API or to an MCP server, filled in a place that is not a JSON-RPC message. */
export interface FilledRequest {
  readonly field: string
  readonly filling: string
  readonly connector: 'http' | 'mcp'
  readonly method: 'GET' | 'POST'
  /** Behind the upstream's name. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Printable ASCII without blanks is what a request line takes. */
const PRINTABLE = [...FILLINGS].filter(([, text]) => /^[!-~]+$/.test(text))
const CALL = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_note"}}'
const MCP = { ...JSON_BODY, accept: 'application/json, text/event-stream' }

const get = (field: string, filling: string, path: string, headers = {}): FilledRequest => ({
  ...{ field, filling, connector: 'http', method: 'GET', path, headers, body: '' },
})
const post = (field: string, filling: string, body: string, headers = JSON_BODY): FilledRequest => ({
  ...{ field, filling, connector: 'http', method: 'POST', path: '/a', headers, body },
})

/** Paths, queries, fields of the head and bodies of requests to an API, and fields of the head of MCP requests. */
export const HTTP_REQUESTS: readonly FilledRequest[] = [
  ...PRINTABLE.flatMap(([filling, text]) => {
    const long = filled(text, IN_HEAD)
    return [
      get('http: path', filling, `/${long}`),
      get('http: query', filling, `/a?q=${long}`),
      get('http: header', filling, '/a', { 'x-filled': long }),
      ...[
        'mcp-session-id',
        'last-event-id',
        'mcp-protocol-version',
        'mcp-name',
        'authorization',
        'origin',
      ].map(
        (name): FilledRequest => ({
          ...{ field: `mcp: header ${name}`, filling, connector: 'mcp', method: 'POST', path: '' },
          ...{ headers: { ...MCP, [name]: long }, body: CALL },
        }),
      ),
    ]
  }),
  ...[...FILLINGS].flatMap(([filling, text]) => [
    post('http: text in JSON', filling, `{"a":"${filled(text, MIB - 100)}"}`),
    post('http: four texts in JSON', filling, `[${`"${filled(text, Math.floor(MIB / 2))}",`.repeat(3)}1]`),
    post('http: form', filling, `a=${filled(text, MIB - 100)}`, {
      'content-type': 'application/x-www-form-urlencoded',
    }),
    post('http: plain text', filling, filled(text, MIB - 100), { 'content-type': 'text/plain' }),
  ]),
  get('http: 1,000 parameters', '', `/a?${Array.from({ length: 1000 }, (_, n) => `a${n}=b`).join('&')}`),
  get('http: 4,000 segments', '', `/${'a/'.repeat(4000)}`),
  ...(
    [
      ['20,000 keys in JSON', `{${listed(19_900, (n) => `"k${n}":1`)}}`],
      ['20,000 keys with escapes in JSON', `{${listed(19_900, (n) => `"k\\u0061${n}":1`)}}`],
      ['50,000 elements in JSON', `[${listed(49_900, (n) => `"v${n}"`)}]`],
      ['4 MiB of blanks in JSON', `[${' '.repeat(4 * MIB - 200)}1]`],
    ] as const
  ).map(([name, body]) => post(`http: ${name}`, '', body)),
  post(
    'http: 60,000 fields of a form',
    '',
    listed(60_000, (n) => `k${n}=1`, '&'),
    {
      'content-type': 'application/x-www-form-urlencoded',
    },
  ),
]

function listed(count: number, of: (n: number) => string, by = ','): string {
  return Array.from({ length: count }, (_, n) => of(n)).join(by)
}
