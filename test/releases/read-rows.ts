import { type StoredRecord, sqliteEventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { rowOf } from '../../services/audit/src/testing/expected-row.ts'

/**
 * The rows that the release that this file is in makes of a log: `node test/releases/read-rows.ts FILE` prints of each
 * record the type it was written as, the type in its row, and why it was not read. Packed as `read-log.ts` is.
 */
const [path = ''] = process.argv.slice(2)
const log = await sqliteEventLog({ path })
const rows: object[] = []
for (const topic of Object.values(TOPICS)) {
  const end = (await log.ends(topic))[0] ?? 0
  for (const record of await recordsOf(topic, end)) {
    const { type, undecodable = null } = rowOf(record)
    rows.push({ written: record.headers['ce_type'], type, undecodable })
  }
}
process.stdout.write(JSON.stringify(rows))
await log.close()

async function recordsOf(topic: string, end: number): Promise<StoredRecord[]> {
  const records: StoredRecord[] = []
  if (end === 0) return records
  const { signal } = new AbortController()
  for await (const batch of log.read(topic, { from: 'start', signal })) {
    records.push(...batch)
    if (records.length >= end) break
  }
  return records
}
