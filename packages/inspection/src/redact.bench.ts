/** `node packages/inspection/src/redact.bench.ts`: microseconds of processor time a value and MB/s, at best of ten rounds. */
import { redact } from './redact.ts'
import { searchText } from './search-text.ts'

const WORDS = 'the agent opened an issue about the release and asked for a review of the change '

function measure(label: string, value: unknown, rounds: number): void {
  const run = (times: number) => {
    let characters = 0
    for (let round = 0; round < times; round++) characters += searchText(redact(value).value).length
    return characters
  }
  run(Math.ceil(rounds / 5))
  let microseconds = Number.POSITIVE_INFINITY
  for (let round = 0; round < 10; round++) {
    const before = process.cpuUsage()
    run(rounds / 10)
    const { user, system } = process.cpuUsage(before)
    microseconds = Math.min(microseconds, (10 * (user + system)) / rounds)
  }
  const megabytes = JSON.stringify(value).length / microseconds
  process.stdout.write(
    `${label.padEnd(34)} ${microseconds.toFixed(1).padStart(9)} µs ${megabytes.toFixed(0).padStart(5)} MB/s\n`,
  )
}

const token = ['gh', 'p_', 'a1'.repeat(18)].join('')
measure('short arguments, clean', { path: '/srv/data/report.txt', limit: 20, follow: false }, 100_000)
measure('half a kilobyte of text, clean', { title: 'A bug', body: WORDS.repeat(6) }, 50_000)
measure('half a kilobyte with a token', { title: 'A bug', body: WORDS.repeat(6) + token }, 50_000)
measure('64 KiB of text, clean', { content: WORDS.repeat(790) }, 500)
measure(
  '1 MiB of text in 16 strings',
  Array.from({ length: 16 }, () => WORDS.repeat(790)),
  50,
)
measure('64 KiB of tokens', { content: `${token} `.repeat(1_500) }, 500)
measure('64 KiB of assignments', { content: 'token="'.repeat(9_000) }, 500)
measure('64 KiB of half tokens', { content: 'eyJ'.repeat(21_000) }, 500)
