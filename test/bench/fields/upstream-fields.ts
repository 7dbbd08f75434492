const MIB = 1024 * 1024

/** An answer of an upstream's with one field filled, to a request of this method. */
export interface FilledAnswer {
  readonly name: string
  readonly method: string
  readonly length: number
  /** What is in the place of `result` and so on, given the text between two quotes. */
  members(text: string): string
  /** As an event stream, with this name of the event. */
  event?(text: string): string
}

const MOST = 16 * MIB - 2048
const answer = (
  name: string,
  method: string,
  members: (text: string) => string,
  length = MOST,
): FilledAnswer => ({
  name,
  method,
  length,
  members,
})

export const ANSWERED_TEXTS: readonly FilledAnswer[] = [
  answer(
    'text of a result',
    'tools/call',
    (text) => `"result":{"content":[{"type":"text","text":"${text}"}]}`,
  ),
  answer('error message', 'tools/call', (text) => `"error":{"code":1,"message":"${text}"}`),
  answer(
    'listed tool',
    'tools/list',
    (text) => `"result":{"tools":[{"name":"${text}","inputSchema":{"type":"object"}}]}`,
  ),
  answer(
    'listed description',
    'tools/list',
    (text) =>
      `"result":{"tools":[{"name":"read_note","description":"${text}","inputSchema":{"type":"object"}}]}`,
  ),
  answer('listed URI', 'resources/list', (text) => `"result":{"resources":[{"name":"a","uri":"${text}"}]}`),
  answer(
    'listed URI with a query',
    'resources/list',
    (text) => `"result":{"resources":[{"name":"a","uri":"https://a/?b=${text}"}]}`,
  ),
  answer(
    'listed template',
    'resources/templates/list',
    (text) => `"result":{"resourceTemplates":[{"name":"a","uriTemplate":"${text}"}]}`,
  ),
  answer('listed prompt', 'prompts/list', (text) => `"result":{"prompts":[{"name":"${text}"}]}`),
  answer('next cursor', 'tools/list', (text) => `"result":{"tools":[],"nextCursor":"${text}"}`),
  answer(
    'server name',
    'initialize',
    (text) =>
      `"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"${text}","version":"1"}}`,
  ),
  answer(
    'instructions',
    'initialize',
    (text) =>
      `"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"a","version":"1"},"instructions":"${text}"}`,
  ),
  answer(
    'revision answered',
    'initialize',
    (text) =>
      `"result":{"protocolVersion":"${text}","capabilities":{},"serverInfo":{"name":"a","version":"1"}}`,
  ),
  answer('task id', 'tools/call', (text) => `"result":{"task":{"taskId":"${text}","status":"working"}}`),
  answer(
    'request state',
    'tools/call',
    (text) => `"result":{"resultType":"input_required","requestState":"${text}"}`,
  ),
  answer('key of a result', 'tools/call', (text) => `"result":{"${text}":1}`, 65_000),
]

/** Answers whose cost is their number, nesting or spelling; each is what stands in the place of the result. */
export const ANSWERED_SHAPES: ReadonlyMap<
  string,
  { readonly method: string; readonly members: () => string }
> = new Map([
  [
    '100,000 elements',
    { method: 'tools/call', members: () => `"result":{"a":[${list(99_900, () => '1')}]}` },
  ],
  [
    '100,000 texts',
    { method: 'tools/call', members: () => `"result":{"a":[${list(99_900, (n) => `"v${n}"`)}]}` },
  ],
  [
    '40,000 keys',
    { method: 'tools/call', members: () => `"result":{"a":{${list(39_900, (n) => `"k${n}":1`)}}}` },
  ],
  [
    '100,000 rows',
    {
      method: 'tools/call',
      members: () =>
        `"result":{"a":[${list(9_900, (n) => `{"id":${n},"name":"n${n}","at":"2026","ok":true,"a":1,"b":2,"c":3,"d":4,"e":5}`)}]}`,
    },
  ],
  [
    '100,000 empty objects',
    { method: 'tools/call', members: () => `"result":{"a":[${list(99_900, () => '{}')}]}` },
  ],
  ['16 MiB of blanks', { method: 'tools/call', members: () => `"result":{"a":${' '.repeat(MOST)}1}` }],
  [
    '33,000 tools',
    {
      method: 'tools/list',
      members: () => `"result":{"tools":[${list(33_000, (n) => `{"name":"tool_${n}","inputSchema":{}}`)}]}`,
    },
  ],
  [
    '9,000 tools with schemas',
    {
      method: 'tools/list',
      members: () =>
        `"result":{"tools":[${list(9_000, (n) => `{"name":"tool_${n}","description":"${'does something '.repeat(8)}","inputSchema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}}`)}]}`,
    },
  ],
  [
    '33,000 resources',
    {
      method: 'resources/list',
      members: () => `"result":{"resources":[${list(33_000, (n) => `{"name":"n","uri":"file:///${n}"}`)}]}`,
    },
  ],
  [
    'one schema of 39,000 properties',
    {
      method: 'tools/list',
      members: () =>
        `"result":{"tools":[{"name":"read_note","inputSchema":{"type":"object","properties":{${list(39_000, (n) => `"p${n}":{"type":"string"}`)}}}}]}`,
    },
  ],
])

function list(count: number, of: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => of(n)).join(',')
}
