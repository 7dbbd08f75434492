const MIB = 1024 * 1024
const NOTE = '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}'

/** Event streams before the response of a call; each is the text of whole frames. */
export const STREAMED: ReadonlyMap<string, () => string> = new Map([
  ['an event name of 16 MiB', () => `event: ${'e'.repeat(16 * MIB - 4096)}\ndata: ${NOTE}\n\n`],
  ['an event id of 1 MiB', () => `id: ${'e'.repeat(MIB)}\ndata: ${NOTE}\n\n`],
  ['a comment of 15 MiB', () => `: ${'c'.repeat(15 * MIB)}\n\n`],
  ['40,000 small events', () => `data: ${NOTE}\n\n`.repeat(40_000)],
  ['400,000 comments', () => ':\n\n'.repeat(400_000)],
  ['400,000 ids', () => 'id: 1\n\n'.repeat(400_000)],
  ['an event of 1,000,000 lines', () => `${'data: \n'.repeat(500_000)}data: ${NOTE}\n\n`],
  [
    'a notification of 15 MiB',
    () =>
      `data: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"${'x'.repeat(15 * MIB)}"}}\n\n`,
  ],
  [
    'requests of the server',
    () => `data: {"jsonrpc":"2.0","id":"${'i'.repeat(1000)}","method":"roots/list"}\n\n`.repeat(2000),
  ],
  [
    'a request with an id of 15 MiB',
    () => `data: {"jsonrpc":"2.0","id":"${'i'.repeat(15 * MIB)}","method":"roots/list"}\n\n`,
  ],
  [
    'progress',
    () =>
      'data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}\n\n'.repeat(
        40_000,
      ),
  ],
])
