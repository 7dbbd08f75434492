/** Prints what the verification of the log costs on this machine: `node packages/event-log/bench/verify.ts [records]`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeEvent, GENESIS_HASH, recordHash } from '@sallyport/events'
import { LogVerification } from '../src/damage/log-verification.ts'
import { sqliteEventLog, verifyTopic } from '../src/index.ts'
import { MarksFile, markOf } from '../src/sqlite/log-marks.ts'
import { sampleEvent } from '../src/testing/sample-event.ts'

const TOPIC = 'sallyport.control'
const count = Number(process.argv[2] ?? 100_000)
const folder = await mkdtemp(join(tmpdir(), 'sallyport-verify-'))

let since = process.cpuUsage()
/** Processor time of all threads since the last one: other work on the machine does not count. */
function print(what: string, each: number): void {
  const { user, system } = process.cpuUsage(since)
  const us = user + system
  process.stdout.write(
    `${what}: ${(us / 1000).toFixed(0)} ms of processor time, ${(us / each).toFixed(2)} µs each\n`,
  )
  since = process.cpuUsage()
}

const event = sampleEvent('x', { padding: 200 })
let prevHash = GENESIS_HASH
const records = Array.from({ length: count }, (_, seq) => {
  const record = encodeEvent(event, { producer: 'p', epoch: 1, seq, prevHash })
  prevHash = recordHash(record)
  return record
})

const verification = new LogVerification(TOPIC, { begins: {}, kept: { 0: 0 }, needsAll: true })
since = process.cpuUsage()
records.forEach((record, offset) => {
  const damage = verification.next({ ...record, topic: TOPIC, partition: 0, offset, appendedAt: 0 })
  if (damage.length > 0) throw new Error(damage[0]?.what)
})
print(`a fold verifies ${count} records`, count)

const parted = { 0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 }
const scattered = new LogVerification(TOPIC, { begins: {}, kept: parted, needsAll: false })
since = process.cpuUsage()
records.forEach((record, nth) => {
  const place = { partition: nth % 6, offset: Math.floor(nth / 6) }
  const damage = scattered.next({ ...record, topic: TOPIC, ...place, appendedAt: 0 })
  if (damage.length > 0) throw new Error(damage[0]?.what)
})
print(`audit verifies ${count} actions of six partitions`, count)

const path = join(folder, 'log.db')
const log = await sqliteEventLog({ path })
for (let start = 0; start < count; start += 500) await log.append(TOPIC, records.slice(start, start + 500))
await log.close()
since = process.cpuUsage()
const again = await sqliteEventLog({ path })
print(`a log of ${count} records is opened, with its thread`, count)
since = process.cpuUsage()
const watch = verifyTopic({ log: again, topic: TOPIC })
await watch.caughtUp()
if (watch.damage().length > 0) throw new Error(watch.damage()[0]?.what)
print(`audit reads and verifies ${count} actions of a file`, count)
await watch.stop()
await again.close()

const marks = new MarksFile(join(folder, 'marks'))
const last = { headers: JSON.stringify(records[0]?.headers), value: Buffer.alloc(2000, 'v') }
since = process.cpuUsage()
for (let end = 1; end <= 20_000; end++) marks.write(new Map([[TOPIC, markOf(end, last)]]))
print('20000 appends write their marks', 20_000)
marks.close()
await rm(folder, { recursive: true, force: true })
