import { type Answer, ask, initialize, join, PLAIN, type Question, rpc } from './ask.ts'

/**
 * The parts of the HTTP transport that the suite leaves out. Both ways must answer the same, except for the reasons
 * given.
 */
export interface Exchange {
  readonly name: string
  send(url: string): Promise<readonly Answer[]>
  /** Why the proxy answers in its own words; the status stays what it is without it. */
  readonly ownWords?: string
  /** Why the proxy refuses with a 4xx what the server takes. */
  readonly refused?: string
}

const NOT_FORWARDED = 'what nobody can judge is not forwarded, so the error is ours'
const ONE_READING = 'what parsers read differently is refused'
const STREAM = { accept: 'text/event-stream' }
const PING = rpc('ping')

export const EXCHANGES: readonly Exchange[] = [
  inSession('no revision named', ({ 'mcp-protocol-version': _, ...headers }) => ({ headers, body: PING })),
  inSession('an older revision named', (own) => ({
    headers: { ...own, 'mcp-protocol-version': '2025-06-18' },
    body: PING,
  })),
  inSession(
    'an unknown revision named',
    (own) => ({ headers: { ...own, 'mcp-protocol-version': '1999-01-01' }, body: PING }),
    { ownWords: NOT_FORWARDED },
  ),
  ...['2025-06-18', '2025-03-26', '2024-11-05', '1999-01-01'].map((version) =>
    alone(`handshake at ${version}`, { headers: PLAIN, body: initialize(version) }),
  ),
  alone('handshake whose header names a revision to come', {
    headers: { ...PLAIN, 'mcp-protocol-version': '2999-01-01' },
    body: initialize('2025-11-25'),
  }),
  alone('handshake without parameters', { headers: PLAIN, body: rpc('initialize') }),
  inSession('a second handshake', (headers) => ({ headers, body: initialize('2025-11-25') })),
  alone('no session', { headers: PLAIN, body: rpc('tools/list') }),
  ...['GET', 'DELETE'].map((method) => alone(`${method} without a session`, { method, headers: STREAM })),
  {
    name: 'a session that was ended',
    async send(url) {
      const headers = await join(url)
      const ended = await ask(url, { method: 'DELETE', headers })
      const after = [{ body: PING }, { method: 'GET' }, { method: 'DELETE' }]
      const answers = []
      for (const question of after)
        answers.push(await ask(url, { ...question, headers: { ...headers, ...STREAM } }))
      return [ended, ...answers]
    },
  },
  inSession('the stream of the server', (own) => ({ method: 'GET', headers: { ...own, ...STREAM } })),
  inSession(
    'a stream from an event that never was',
    (own) => ({
      method: 'GET',
      headers: { ...own, ...STREAM, 'last-event-id': '9999' },
    }),
    { ownWords: NOT_FORWARDED },
  ),
  ...['application/json', '*/*', 'text/html'].map((accept) =>
    inSession(`a POST that accepts ${accept}`, (own) => ({ headers: { ...own, accept }, body: PING })),
  ),
  inSession('a GET that accepts JSON', (own) => ({
    method: 'GET',
    headers: { ...own, accept: 'application/json' },
  })),
  {
    name: 'a call whose stream the server ends, and resumes',
    send: (url) => resumed(url, rpc('tools/call', { name: 'test_reconnection' })),
  },
  inSession('progress', (headers) => ({
    headers,
    body: rpc('tools/call', { name: 'test_tool_with_progress', _meta: { progressToken: 0 } }),
  })),
  ...[0, -3, '', 'text'].map((id) =>
    inSession(`the id ${JSON.stringify(id)}`, (headers) => ({ headers, body: rpc('ping', undefined, id) })),
  ),
  ...[1.5, null].map((id) =>
    inSession(`the id ${id}`, (headers) => ({ headers, body: rpc('ping', undefined, id) }), {
      ownWords: NOT_FORWARDED,
    }),
  ),
  ...['resources/unknown', 'no/method'].map((method) =>
    inSession(`the method ${method}`, (headers) => ({ headers, body: rpc(method) })),
  ),
  inSession(
    'a tool that is not there',
    (headers) => ({ headers, body: rpc('tools/call', { name: 'nope' }) }),
    { ownWords: 'what the server does not list is not called' },
  ),
  inSession('arguments that do not fit', (headers) => ({
    headers,
    body: rpc('tools/call', { name: 'test_sampling', arguments: { prompt: 1 } }),
  })),
  inSession(
    'a tool whose name is a number',
    (headers) => ({ headers, body: rpc('tools/call', { name: 5 }) }),
    { refused: 'a call that cannot be named cannot be judged' },
  ),
  inSession('a notification', (headers) => ({
    headers,
    body: '{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}',
  })),
  inSession('a response nobody waits for', (headers) => ({
    headers,
    body: '{"jsonrpc":"2.0","id":99,"result":{}}',
  })),
  ...['', '{oops', '{"id":1,"method":"ping"}'].map((body) =>
    inSession(`the body '${body}'`, (headers) => ({ headers, body }), { ownWords: NOT_FORWARDED }),
  ),
  inSession('a batch', (headers) => ({ headers, body: `[${PING}]` }), {
    refused: 'revision 2025-06-18 removed batches, which would hide calls from older readers',
  }),
  inSession('JSON in UTF-8', (own) => ({
    headers: { ...own, 'content-type': 'application/json; charset=UTF-8' },
    body: PING,
  })),
  inSession('a text', (own) => ({ headers: { ...own, 'content-type': 'text/plain' }, body: PING }), {
    ownWords: ONE_READING,
  }),
  ...['PUT', 'PATCH', 'HEAD', 'OPTIONS'].map((method) =>
    inSession(method, (headers) => ({ method, headers }), { ownWords: 'no action of MCP' }),
  ),
  ...['http://localhost:6274', 'https://127.0.0.1'].map((origin) =>
    inSession(`the Origin ${origin}`, (own) => ({ headers: { ...own, origin }, body: PING })),
  ),
  ...['http://evil.example', 'null'].map((origin) =>
    inSession(`the Origin ${origin}`, (own) => ({ headers: { ...own, origin }, body: PING }), {
      ownWords: NOT_FORWARDED,
    }),
  ),
  ...['localhost', '[::1]:99'].map((host) =>
    inSession(`the Host ${host}`, (own) => ({ headers: { ...own, host }, body: PING })),
  ),
  inSession('the Host evil.example', (own) => ({ headers: { ...own, host: 'evil.example' }, body: PING }), {
    ownWords: NOT_FORWARDED,
  }),
]

type Reasons = Pick<Exchange, 'ownWords' | 'refused'>

function alone(name: string, question: Question): Exchange {
  return { name, send: async (url) => [await ask(url, question)] }
}

function inSession(
  name: string,
  question: (own: Record<string, string>) => Question,
  reasons: Reasons = {},
): Exchange {
  return { name, ...reasons, send: async (url) => [await ask(url, question(await join(url)))] }
}

/** The answer to a call up to where it breaks off, and the rest from its last event on. */
async function resumed(url: string, body: string): Promise<readonly Answer[]> {
  const headers = await join(url)
  const first = await ask(url, { headers, body })
  const last = /^id: (.*)$/m.exec(first.body)?.[1]
  if (last === undefined) return [first]
  return [first, await ask(url, { method: 'GET', headers: { ...headers, ...STREAM, 'last-event-id': last } })]
}
