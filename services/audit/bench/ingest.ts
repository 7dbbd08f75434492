import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type EventLog, memoryEventLog, sqliteEventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { readConfig, silentLogger } from '@sallyport/runtime'
import {
  auditConfigSpec,
  createAuditService,
  embeddedClickHouse,
  readingTheFile,
  readingTheLog,
} from '../src/index.ts'
import { sampleLoad } from './sample-load.ts'

/** Prints how many events a second reach the embedded ClickHouse, and what its process holds afterwards. */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    log: { type: 'string', default: 'memory,sqlite' },
  },
})
const events = Number(values.events)

for (const name of values.log.split(',')) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  const log =
    name === 'sqlite' ? await sqliteEventLog({ path: join(folder, 'log.sqlite') }) : memoryEventLog()
  try {
    await fill(log)
    await measure(name, log, folder)
  } finally {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function fill(log: EventLog): Promise<void> {
  let batch = []
  for (const record of sampleLoad(events, Date.now() - events * 5)) {
    batch.push(record)
    if (batch.length < 500) continue
    await log.append(TOPICS.actions, batch)
    batch = []
  }
  await log.append(TOPICS.actions, batch)
}

async function measure(name: string, log: EventLog, folder: string): Promise<void> {
  const clickhouse = embeddedClickHouse({ path: join(folder, 'clickhouse') })
  const engines = { log, client: clickhouse.client, logger: silentLogger }
  const service = createAuditService({
    config: readConfig(auditConfigSpec, {}),
    log,
    clickhouse,
    path: name === 'sqlite' ? readingTheFile(engines, join(folder, 'log.sqlite')) : readingTheLog(engines),
    clock: () => new Date(),
    logger: silentLogger,
  })
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMb(clickhouse.pid()))
  }, 100)
  await service.start()
  await service.ingest.prepared()
  const startedAt = performance.now()
  await service.ingest.caughtUp()
  const seconds = (performance.now() - startedAt) / 1000
  const timings = await Promise.all([
    time(() => service.reader.timeline({ filter: {}, order: 'desc', limit: 50 })),
  ])
  const word = await time(() =>
    service.reader.timeline({ filter: { words: ['t', '12345'] }, order: 'desc', limit: 50 }),
  )
  const summary = await time(() => service.reader.summary({ since: 0, until: Date.now() }))
  clearInterval(watch)
  const line = {
    log: name,
    events,
    'events/s': Math.round(events / seconds),
    'child MB now': residentMb(clickhouse.pid()),
    'child MB peak': peak,
    'own MB': Math.round(process.memoryUsage().rss / 1048576),
    'newest 50 ms': timings[0],
    'rare word ms': word,
    'summary ms': summary,
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
  await service.stop()
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return Math.round(performance.now() - startedAt)
}

function residentMb(pid: number | undefined): number {
  if (pid === undefined) return 0
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}
