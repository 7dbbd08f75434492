const MIB = 1024 * 1024

/** A message with one field of an agent's filled. */
export interface FilledField {
  readonly name: string
  /** The most units that fit. */
  readonly length: number
  /** The body of a POST, given the text between two quotes. */
  body(text: string): string
  headers?(text: string): Readonly<Record<string, string>>
  /** Printable ASCII alone fits. */
  readonly plain?: boolean
}

const request = (method: string, params: string, id = '1') =>
  `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`
const notice = (method: string, params: string) => `{"jsonrpc":"2.0","method":"${method}","params":${params}}`
const string = (name: string, body: (text: string) => string, length = MIB): FilledField => ({
  name,
  length,
  body,
})
const STATELESS =
  '"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}'

/** Every field of a request that holds one text. */
export const TEXT_FIELDS: readonly FilledField[] = [
  string('tool', (text) => request('tools/call', `{"name":"${text}"}`)),
  string('prompt', (text) => request('prompts/get', `{"name":"${text}"}`)),
  string('prompt, completed', (text) =>
    request(
      'completion/complete',
      `{"ref":{"type":"ref/prompt","name":"${text}"},"argument":{"name":"a","value":"b"}}`,
    ),
  ),
  string('URI read', (text) => request('resources/read', `{"uri":"${text}"}`)),
  string('URI subscribed', (text) => request('resources/subscribe', `{"uri":"file:///${text}"}`)),
  string('URI with a query', (text) => request('resources/read', `{"uri":"https://a/?q=${text}"}`)),
  string('URI template', (text) =>
    request(
      'completion/complete',
      `{"ref":{"type":"ref/resource","uri":"${text}"},"argument":{"name":"a","value":"b"}}`,
    ),
  ),
  string('completed value', (text) =>
    request(
      'completion/complete',
      `{"ref":{"type":"ref/prompt","name":"p"},"argument":{"name":"a","value":"${text}"}}`,
    ),
  ),
  string('method', (text) => request(text, '{}')),
  string('notification', (text) => notice(`notifications/${text}`, '{}')),
  string('id', (text) => request('tools/list', '{}', `"${text}"`)),
  string('jsonrpc', (text) => `{"jsonrpc":"${text}","id":1,"method":"tools/list"}`),
  string('cursor', (text) => request('tools/list', `{"cursor":"${text}"}`)),
  string('task id', (text) => request('tasks/get', `{"taskId":"${text}"}`)),
  string('level', (text) => request('logging/setLevel', `{"level":"${text}"}`)),
  string('progress token', (text) =>
    request('tools/call', `{"name":"read_note","_meta":{"progressToken":"${text}"}}`),
  ),
  string('progress', (text) => notice('notifications/progress', `{"progressToken":"${text}","progress":1}`)),
  string('cancelled id', (text) => notice('notifications/cancelled', `{"requestId":"${text}"}`)),
  string('cancelled reason', (text) =>
    notice('notifications/cancelled', `{"requestId":1,"reason":"${text}"}`),
  ),
  string('client name', (text) =>
    request(
      'initialize',
      `{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"${text}","version":"1"}}`,
    ),
  ),
  string('revision asked for', (text) =>
    request(
      'initialize',
      `{"protocolVersion":"${text}","capabilities":{},"clientInfo":{"name":"a","version":"1"}}`,
    ),
  ),
  string('revision claimed', (text) =>
    request('tools/list', `{"_meta":{"io.modelcontextprotocol/protocolVersion":"${text}"}}`),
  ),
  string('stateless client name', (text) =>
    request(
      'tools/call',
      `{"name":"read_note","_meta":{${STATELESS},"io.modelcontextprotocol/clientInfo":{"name":"${text}","version":"1"}}}`,
    ),
  ),
  string('request state', (text) =>
    request('tools/call', `{"name":"read_note","requestState":"${text}","_meta":{${STATELESS}}}`),
  ),
  string('argument', (text) => request('tools/call', `{"name":"read_note","arguments":{"a":"${text}"}}`)),
  string('argument under a secret key', (text) =>
    request('tools/call', `{"name":"read_note","arguments":{"password":"${text}"}}`),
  ),
  {
    name: 'four arguments',
    length: MIB - 100,
    body: (text) =>
      request(
        'tools/call',
        `{"name":"read_note","arguments":{"a":"${text}","b":"${text}","c":"${text}","d":"${text.slice(0, text.length - 1024 - (text.length % 6))}"}}`,
      ),
  },
  string('denied argument', (text) =>
    request('tools/call', `{"name":"drop_note","arguments":{"a":"${text}"}}`),
  ),
  string('_meta of a call', (text) => request('tools/call', `{"name":"read_note","_meta":{"a":"${text}"}}`)),
  string('params of an unknown method', (text) => request('x/y', `{"a":"${text}"}`)),
  string('JSON that is no message', (text) => `{"a":"${text}"}`),
  string('bare text', (text) => `"${text}"`),
  string('result of a response', (text) => `{"jsonrpc":"2.0","id":"a","result":{"a":"${text}"}}`),
  string('id of a response', (text) => `{"jsonrpc":"2.0","id":"${text}","result":{}}`),
  string(
    'message of an error',
    (text) => `{"jsonrpc":"2.0","id":"a","error":{"code":1,"message":"${text}"}}`,
  ),
  string('resource listened to', (text) =>
    request(
      'subscriptions/listen',
      `{"notifications":{"resourceSubscriptions":["${text}"]},"_meta":{${STATELESS}}}`,
    ),
  ),
]

/** Fields whose cost is their number, nesting or spelling. Each is a body. */
export const SHAPES: ReadonlyMap<string, () => string> = new Map([
  ['50,000 elements', () => call(`{"a":[${list(49_900, () => '1')}]}`)],
  ['50,000 texts', () => call(`{"a":[${list(49_900, (n) => `"v${n}"`)}]}`)],
  ['50,000 texts that are long', () => call(`{"a":[${list(49_900, (n) => `"${`v${n} `.repeat(8)}"`)}]}`)],
  ['50,000 empty objects', () => call(`{"a":[${list(49_900, () => '{}')}]}`)],
  ['20,000 keys', () => call(`{"a":{${list(19_900, (n) => `"k${n}":1`)}}}`)],
  ['20,000 keys backwards', () => call(`{"a":{${list(19_900, (n) => `"k${99_999 - n}":1`)}}}`)],
  ['20,000 keys with escapes', () => call(`{"a":{${list(19_900, (n) => `"k\\u0061${n}":1`)}}}`)],
  ['50,000 rows of one key', () => call(`{"a":[${list(24_900, (n) => `{"k${n % 97}":1}`)}]}`)],
  [
    '20,000 keys in _meta',
    () => request('tools/call', `{"name":"read_note","_meta":{${list(19_900, (n) => `"k${n}":1`)}}}`),
  ],
  [
    '20,000 keys at the top',
    () => `{"jsonrpc":"2.0","id":1,"method":"tools/list",${list(19_900, (n) => `"k${n}":1`)}}`,
  ],
  ['20,000 parameters', () => request('tools/list', `{${list(19_900, (n) => `"ké${n}":1`)}}`)],
  [
    '1,000 arguments with long keys',
    () => call(`{${list(990, (n) => `"${'k'.repeat(1000)}${n}":"${'v'.repeat(3000)}"`)}}`),
  ],
  ['3,000 long keys', () => request('x/y', `{${list(3000, (n) => `"${'k'.repeat(1000)}${n}":1`)}}`)],
  ['numbers of 1,000 digits', () => call(`{"a":[${list(4000, () => '1'.repeat(1000))}]}`)],
  ['numbers with exponents', () => call(`{"a":[${list(49_900, (n) => `1.5e${n % 300}`)}]}`)],
  ['64 levels', () => call(`{"a":[${list(800, () => `${'['.repeat(58)}${']'.repeat(58)}`)}]}`)],
  [
    '64 levels of objects',
    () => call(`{"a":[${list(800, () => `${'{"z":'.repeat(58)}1${'}'.repeat(58)}`)}]}`),
  ],
  ['4 MiB of blanks', () => call(`{"a":${' '.repeat(4 * MIB - 200)}1}`)],
  ['4 MiB of blanks between elements', () => call(`{"a":[${list(49_900, () => `${' '.repeat(80)}1`)}]}`)],
  [
    'a batch',
    () =>
      `[${list(32, (n) => request('tools/call', `{"name":"read_note","arguments":{"a":"${'x'.repeat(100_000)}"}}`, String(n)))}]`,
  ],
  [
    '50,000 resources listened to',
    () =>
      request(
        'subscriptions/listen',
        `{"notifications":{"resourceSubscriptions":[${list(49_800, (n) => `"file:///${n}"`)}]},"_meta":{${STATELESS}}}`,
      ),
  ],
  ['an array of 50,000 messages', () => `[${list(9900, () => '{"jsonrpc":"2.0","method":"a"}')}]`],
])

function call(args: string): string {
  return request('tools/call', `{"name":"read_note","arguments":${args}}`)
}

function list(count: number, of: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => of(n)).join(',')
}
