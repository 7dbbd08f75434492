/** Prints what appends to the sqlite log cost on this machine: `node packages/event-log/bench/append.ts [folder]`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EncodedEvent } from '@sallyport/events'
import { type EventLog, sqliteEventLog } from '../src/index.ts'

const TOPIC = 'sallyport.actions'
const record: EncodedEvent = {
  key: 'default/code-agent',
  headers: Object.fromEntries(
    Array.from({ length: 14 }, (_, index) => [`ce_attribute${index}`, 'a value of some length 0123456789']),
  ),
  value: Buffer.alloc(600, 'v'),
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function percentile(sorted: readonly number[], share: number): string {
  return `${(sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2)} ms`
}

async function measure(
  log: EventLog,
  name: string,
  appends: number,
  size: number,
  atOnce: number,
): Promise<void> {
  const batch = Array.from({ length: size }, () => record)
  const times: number[] = []
  let left = appends
  const start = performance.now()
  const lane = async () => {
    while (left > 0) {
      left -= 1
      const began = performance.now()
      await log.append(TOPIC, batch)
      times.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  const seconds = (performance.now() - start) / 1000
  times.sort((a, b) => a - b)
  const rate = Math.round((appends * size) / seconds).toLocaleString('en')
  print(`${name}: ${rate} events/s; p50 ${percentile(times, 0.5)}, p99 ${percentile(times, 0.99)}`)
}

async function measureReading(log: EventLog): Promise<void> {
  const { 0: end = 0 } = await log.ends(TOPIC)
  const abort = new AbortController()
  const start = performance.now()
  let count = 0
  for await (const batch of log.read(TOPIC, { from: 'start', signal: abort.signal })) {
    count += batch.length
    if (count >= end) abort.abort()
  }
  const seconds = (performance.now() - start) / 1000
  print(`read back: ${Math.round(count / seconds).toLocaleString('en')} events/s`)
}

const folder = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'sallyport-bench-'))
const log = await sqliteEventLog({ path: join(folder, 'log.db') })
try {
  await measure(log, 'warm up', 200, 64, 1)
  await measure(log, 'one at a time', 2000, 1, 1)
  await measure(log, 'batches of 64, one at a time', 1500, 64, 1)
  await measure(log, 'batches of 64, four at once', 1500, 64, 4)
  await measure(log, 'single appends, 64 at once', 20_000, 1, 64)
  await measureReading(log)
} finally {
  await log.close()
  await rm(folder, { recursive: true, force: true })
}
