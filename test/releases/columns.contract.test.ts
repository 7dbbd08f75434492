import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StoredRecord, sqliteEventLog } from '@sallyport/event-log'
import { type EncodedEvent, TOPICS } from '@sallyport/events'
import { afterEach, describe, expect, test } from 'vitest'
import { readHistory } from '../../packages/events/src/testing/history.ts'
import { readingTheFile } from '../../services/audit/src/ingest-paths.ts'
import { type AuditRig, embedded, onServer, startRig } from '../../services/audit/src/testing/audit-rig.ts'
import { type EventRow, rowOf } from '../../services/audit/src/testing/expected-row.ts'
import {
  aborted,
  completed,
  decided,
  encoder,
  voted,
  withHalfPairs,
} from '../../services/audit/src/testing/sample-events.ts'

const at = (ms: number) => new Date(Date.parse('2026-11-20T10:00:00.000Z') + ms)
const text = (value: unknown) => Buffer.from(JSON.stringify(value))

/** What would run as SQL if a byte of a record ended the data of an INSERT. */
const HOSTILE = [
  '\n\ndrop table events\n',
  "\n\nINSERT INTO events (tenant) VALUES ('forged')\n\n",
  '\\n\\N\t\\t\0\r\n',
  "'); DROP TABLE events; --",
  '\ufeff{"a":1}\n\n;SELECT 1',
]

function changed(record: EncodedEvent, change: (data: Record<string, unknown>) => unknown): EncodedEvent {
  return { ...record, value: text(change(JSON.parse(Buffer.from(record.value).toString()))) }
}

function withHeaders(record: EncodedEvent, headers: Record<string, string | undefined>): EncodedEvent {
  const all = Object.entries({ ...record.headers, ...headers }).filter((one) => one[1] !== undefined)
  return { ...record, headers: Object.fromEntries(all) as Record<string, string> }
}

/** Events as they are written, of every type and version that there ever was. */
function wellFormed(): EncodedEvent[] {
  const encode = encoder()
  const findings = [
    { kind: 'secret', rule: 'aws-key', place: 'arguments/Key "id"', severity: 'high' as const },
    { kind: 'injection', rule: 'r-2', place: 'arguments/text', severity: 'low' as const },
  ]
  const odd = [
    {
      Path: 'C:\\Temp\n"quoted"',
      n: 1.5,
      deep: [[{ a: null, b: true }], 123456789012, -0.5],
      ключ: 'ÄÖÜ ß 日本',
    },
    'only a text',
    'true',
    17,
    false,
    [],
    '',
    { text: `${'word '.repeat(5000)}last`, control: '\u0001\u001f\u007f' },
    null,
  ]
  const sampled = [
    decided(at(0), { actionId: 'a1', findings, approvalId: 'ap', fault: 'SP_X', risk: 'high' }),
    ...odd.map((argument, n) => decided(at(n), { actionId: `odd${n}`, arguments: argument })),
    completed(at(1), { actionId: 'a1', errorCode: -32603, outcome: 'rpc_error', durationMs: 0.001 }),
    completed(at(2), { actionId: 'a2', errorCode: 'SP_TIMEOUT', httpStatus: null, heldMs: 12_345_678.9 }),
    aborted(at(3), { actionId: 'a3', reason: 'gone\\away "then"' }),
  ].map(encode)
  return [
    ...sampled,
    // A later release says more than this one knows, at any depth.
    changed(sampled[0] as EncodedEvent, (data) => ({
      later: { x: [1] },
      ...data,
      gateway: { ...(data['gateway'] as object), later: 1 },
    })),
    withHeaders(sampled[0] as EncodedEvent, { ce_time: '1969-12-31T23:59:59.999Z' }),
    withHeaders(sampled[0] as EncodedEvent, { ce_tenant: 'other', ce_later: HOSTILE[0] }),
    ...HOSTILE.map((hostile) =>
      encode(
        decided(at(9), { actionId: 'h', arguments: { [hostile]: hostile }, rule: hostile, tool: hostile }),
      ),
    ),
  ]
}

/** Records that are not events of ours, each in its own way. */
function malformed(): EncodedEvent[] {
  const encode = encoder('proxy/odd')
  const good = encode(decided(at(0), { actionId: 'x', findings: [] }))
  const end = encode(completed(at(0), { actionId: 'x' }))
  return [
    { key: '', headers: {}, value: new Uint8Array() },
    {
      key: 'k',
      headers: { a: "'\\\n\t\0", ce_time: '+275760-09-13' },
      value: Buffer.from([0xff, 0x00, 0xc3]),
    },
    ...HOSTILE.map((hostile) => ({
      key: hostile,
      headers: { ce_type: hostile, ce_id: hostile, [hostile]: hostile },
      value: Buffer.from(hostile),
    })),
    withHeaders(good, { ce_type: 'sallyport.action.decided.v9' }),
    withHeaders(good, { ce_type: undefined }),
    withHeaders(good, { ce_specversion: '2.0' }),
    withHeaders(good, { ce_id: undefined }),
    withHeaders(good, { ce_time: 'yesterday' }),
    withHeaders(good, { ce_tenant: undefined }),
    withHeaders(good, { ce_seq: '-1' }),
    withHeaders(good, { ce_epoch: 'one' }),
    withHeaders(good, { ce_prevhash: undefined }),
    { ...good, value: Buffer.from('{"a":') },
    { ...good, value: text([1]) },
    { ...good, value: text('text') },
    encode(voted(at(0), 'on-another-topic')),
    changed(good, ({ verdict: _, ...data }) => data),
    changed(good, (data) => ({ ...data, verdict: 'perhaps' })),
    changed(good, (data) => ({ ...data, verdict: 5 })),
    changed(good, (data) => ({ ...data, gateway: 'bob' })),
    changed(good, (data) => ({ ...data, gateway: { id: 'g' } })),
    changed(good, (data) => ({ ...data, client: 'curl' })),
    changed(good, (data) => ({ ...data, reasons: 'because' })),
    changed(good, (data) => ({ ...data, findings: {} })),
    changed(good, (data) => ({ ...data, decisionMs: '1.5 ms' })),
    changed(good, (data) => ({ ...data, decisionMs: true })),
    changed(good, (data) => ({ ...data, decisionMs: null })),
    changed(end, (data) => ({ ...data, requestBytes: 1.5 })),
    changed(end, (data) => ({ ...data, requestBytes: { a: 1 } })),
    changed(end, (data) => ({ ...data, outcome: undefined })),
  ]
}

const cleanups: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

const serverUrl = process.env['TEST_CLICKHOUSE_URL']
const kinds = [embedded, ...(serverUrl ? [onServer(serverUrl)] : [])]

const paths = [
  ...kinds.map((kind) => ({
    name: `records sent to ${kind.name}`,
    start: () => startRig(kind),
  })),
  {
    name: 'records that ClickHouse reads from the file of the log',
    async start() {
      const folder = mkdtempSync(join(tmpdir(), 'sallyport-rows-'))
      cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
      const file = join(folder, 'log.db')
      const log = await sqliteEventLog({ path: file })
      cleanups.push(() => log.close())
      return startRig(embedded, {}, log, undefined, (options) => readingTheFile(options, file))
    },
  },
]

describe.each(paths)('$name', ({ start }) => {
  test('every column of every row is what a program that reads the events makes of it', async () => {
    const rig = await start()
    cleanups.push(() => rig.stop())
    const stored = await filled(rig, wellFormed())
    const rows = await rowsOf(rig)
    expect(rows).toHaveLength(stored.length)
    for (const [index, row] of rows.entries())
      expect(withParsed(row)).toEqual(withParsed(asRead(rowOf(stored[index] as StoredRecord), row)))
    expect(rows.filter((row) => row['undecodable'] !== '')).toEqual([])
    expect((await rig.service.ingest.health()).facts).toMatchObject({ lagEvents: 0, passedOver: 0 })
  })

  test('what is not an event of ours is a row that says why, with its bytes, and is counted', async () => {
    const rig = await start()
    cleanups.push(() => rig.stop())
    const lone = withHalfPairs(
      encoder('p')(decided(at(0), { actionId: 'lone', arguments: { half: '%HIGH%' } })),
    )
    const stored = await filled(rig, [...malformed(), lone])
    const rows = await rowsOf(rig)
    expect(rows).toHaveLength(stored.length)
    for (const [index, row] of rows.slice(0, malformed().length + readHistory().length).entries()) {
      if (row['topic'] === TOPICS.actions && index >= stored.length - 1) continue
      const record = stored[index] as StoredRecord
      const expected = asRead(rowOf(record), row)
      const { undecodable: why, search_text: _, ...facts } = row
      const { undecodable: expectedWhy, search_text: __, ...expectedFacts } = expected
      // Half a surrogate pair is JSON to some and not to others.
      if (record.headers['ce_subject'] === 'lone') continue
      expect(facts).toEqual(expectedFacts)
      expect(kindOf(why)).toBe(kindOf(expectedWhy))
    }
    const unread = rows.filter((row) => row['undecodable'] !== '')
    expect(unread).toHaveLength(malformed().length + 1)
  })
})

/** Appends them as actions, and the history where it belongs; gives the records in the order of `rowsOf`. */
async function filled({ log, service }: AuditRig, actions: readonly EncodedEvent[]): Promise<StoredRecord[]> {
  await log.append(TOPICS.actions, actions)
  for (const sample of readHistory()) await log.append(sample.topic, [sample])
  await service.ingest.caughtUp()
  const records: StoredRecord[] = []
  for (const topic of Object.values(TOPICS).toSorted()) {
    const { 0: end = 0 } = await log.ends(topic)
    const abort = new AbortController()
    for await (const batch of log.read(topic, { from: 'start', signal: abort.signal })) {
      records.push(...batch)
      if ((batch.at(-1)?.offset ?? 0) + 1 >= end) break
    }
    abort.abort()
  }
  return records
}

function rowsOf(rig: AuditRig): Promise<EventRow[]> {
  return rig.rows<EventRow>(
    `SELECT * REPLACE(toUnixTimestamp64Milli(time) AS time, toUnixTimestamp64Milli(appended_at) AS appended_at)
     FROM events ORDER BY topic, \`offset\` SETTINGS output_format_json_quote_64bit_integers = 0`,
  )
}

/** With what ClickHouse puts where a row says nothing; `like` tells what kind of column that is. */
function asRead(row: EventRow, like: EventRow): Record<string, unknown> {
  const empty = (value: unknown) => {
    if (Array.isArray(value)) return []
    return typeof value === 'string' ? '' : typeof value === 'number' ? 0 : null
  }
  return Object.fromEntries(
    Object.entries(like).map(([name, value]) => [
      name,
      row[name] ?? (name === 'value_encoding' ? 'utf8' : NUMBERS.has(name) ? null : empty(value)),
    ]),
  )
}

/** Messages name the place in the data only where a program reads them. */
function kindOf(why: unknown): string {
  return String(why).split(' ').slice(0, 3).join(' ')
}

/** The engine writes some escapes in capital letters. */
function withParsed({ arguments: text, ...row }: Record<string, unknown>): unknown {
  return { ...row, arguments: text === '' ? '' : JSON.parse(String(text)) }
}

/** Columns that say nothing by being null. */
const NUMBERS = new Set([
  'http_status',
  'decision_ms',
  'duration_ms',
  'upstream_ms',
  'held_ms',
  'request_bytes',
  'response_bytes',
])
