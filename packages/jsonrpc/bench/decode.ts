/** Prints how long strict decoding takes with its canonical text, beside JSON.parse: `npm run bench -w packages/jsonrpc`. */
import { canonicalArguments, decodeMessage } from '../src/index.ts'

const ROUNDS = 12

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
  ['1 KB, one text', JSON.stringify(filled(900)), 4_000],
  ['1 KB, dense', JSON.stringify(dense(900)), 4_000],
  ['1 KB, dense, spaces', pythonic(dense(900)), 4_000],
  ['256 KB, one text', JSON.stringify(filled(256 * 1024)), 25],
  ['256 KB, dense', JSON.stringify(dense(256 * 1024)), 25],
  ['256 KB, dense, spaces', pythonic(dense(256 * 1024)), 25],
  ['256 KB, all \\u escapes', pythonic(toolCall({ content: 'день'.repeat(11_000) })), 25],
  ['256 KB, non-ASCII text', JSON.stringify(toolCall({ content: 'день '.repeat(29_000) })), 25],
]

const lines = [['', 'bytes', 'decode µs', 'with digest µs', 'JSON.parse µs', 'decode / parse', 'added µs']]
for (const [name, text, iterations] of cases) {
  const bytes = Buffer.from(text)
  const [decode = 0, digest = 0, native = 0] = time(iterations, [
    () => decodeMessage(bytes),
    () => canonicalArguments(decodeMessage(bytes)),
    () => JSON.parse(bytes.toString()),
  ])
  lines.push([
    name,
    String(bytes.length),
    ...[decode, digest, native].map(rounded),
    (decode / native).toFixed(2),
    rounded(decode - native),
  ])
}
for (const [name = '', ...figures] of lines)
  process.stdout.write(`${name.padEnd(24)}${figures.map((figure) => figure.padStart(15)).join('')}\n`)

/**
 * Microseconds of processor time that each takes at best, collecting garbage included: wall time would count other
 * programs too. They take turns, so that what is left of it hits all alike; the first rounds warm up.
 */
function time(iterations: number, runs: (() => void)[]): number[] {
  const best = runs.map(() => Number.POSITIVE_INFINITY)
  for (let round = -2; round < ROUNDS; round++)
    for (const [i, run] of runs.entries()) {
      const before = process.cpuUsage()
      for (let n = 0; n < iterations; n++) run()
      const { user, system } = process.cpuUsage(before)
      const took = (user + system) / iterations
      if (round >= 0) best[i] = Math.min(best[i] ?? took, took)
    }
  return best
}

function rounded(us: number): string {
  return us.toFixed(us < 100 ? 1 : 0)
}
