/** Prints how long strict decoding takes with its canonical text: `node packages/jsonrpc/bench/decode.ts`. */
import { canonicalArguments, decodeMessage } from '../src/index.ts'

const words = 'the quick brown fox jumps over "the" lazy dog\n'

function toolCall(args: unknown): object {
  return { method: 'tools/call', params: { name: 'write_file', arguments: args }, jsonrpc: '2.0', id: 17 }
}

function filled(size: number): object {
  return toolCall({ path: '/tmp/notes.txt', mode: 0o644, content: words.repeat(Math.ceil(size / 50)) })
}

function dense(size: number): object {
  const rows = Array.from({ length: Math.ceil(size / 72) }, (_, i) => ({
    id: i,
    title: `row ${i}`,
    done: i % 2 === 0,
    score: i / 8,
    tags: ['a', 'b'],
  }))
  return toolCall({ rows })
}

/** As Python's json.dumps writes it: a space after each comma and colon, ASCII only. */
function pythonic(value: object): string {
  const spaced = JSON.stringify(value, null, 1).replace(/\n */g, ' ')
  return spaced.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const cases: [name: string, text: string, iterations: number][] = [
  ['1 KB, one text', JSON.stringify(filled(900)), 20_000],
  ['1 KB, dense', JSON.stringify(dense(900)), 20_000],
  ['1 KB, dense, spaces', pythonic(dense(900)), 20_000],
  ['256 KB, one text', JSON.stringify(filled(256 * 1024)), 300],
  ['256 KB, dense', JSON.stringify(dense(256 * 1024)), 300],
  ['256 KB, dense, spaces', pythonic(dense(256 * 1024)), 300],
  ['256 KB, all \\u escapes', pythonic(toolCall({ content: 'день'.repeat(11_000) })), 300],
  ['256 KB, non-ASCII text', JSON.stringify(toolCall({ content: 'день '.repeat(29_000) })), 300],
]

for (const [name, text, iterations] of cases) {
  const bytes = Buffer.from(text)
  const decode = time(iterations, () => decodeMessage(bytes))
  const digest = time(iterations, () => canonicalArguments(decodeMessage(bytes)))
  const native = time(iterations, () => JSON.parse(bytes.toString()))
  process.stdout.write(
    `${name.padEnd(24)} ${bytes.length} bytes: decode ${decode} µs, with digest text ${digest} µs, JSON.parse alone ${native} µs\n`,
  )
}

/** Median of five rounds after one to warm up. */
function time(iterations: number, run: () => void): number {
  const rounds: number[] = []
  for (let round = 0; round < 6; round++) {
    const start = process.hrtime.bigint()
    for (let i = 0; i < iterations; i++) run()
    if (round > 0) rounds.push(Number(process.hrtime.bigint() - start) / 1000 / iterations)
  }
  return Number((rounds.sort((a, b) => a - b)[2] ?? 0).toFixed(1))
}
