import type { StoredRecord } from '@sallyport/event-log'
import { newEvent, recordHash } from '@sallyport/events'
import { expect, test } from 'vitest'
import { aborted, completed, decided, encoder, voted, withHalfPairs } from '../testing/sample-events.ts'
import { type ExactColumns, recordOf, rowOf } from './event-row.ts'
import { rowText } from './row-text.ts'

const at = new Date('2026-11-20T10:00:00.123Z')
const stored = (
  record: Pick<StoredRecord, 'key' | 'headers' | 'value'>,
  topic = 'sallyport.actions',
): StoredRecord => ({
  ...record,
  topic,
  partition: 2,
  offset: 7,
  appendedAt: at.getTime() + 5,
})

test('a decision fills the columns it says something about and no other', () => {
  const event = decided(at, { actionId: 'a1', approvalId: 'ap', arguments: { Path: 'C:\\Temp' } })
  const row = rowOf(stored(encoder()(event)))
  expect(row).toMatchObject({
    tenant: 'default',
    topic: 'sallyport.actions',
    partition: 2,
    offset: 7,
    time: at.getTime(),
    event_id: event.id,
    gateway: 'code-agent',
    gateway_id: 'gw-1',
    verdict: 'allow',
    phase: 'initial',
    decision_ms: 1.25,
    arguments: '{"Path":"C:\\\\Temp"}',
    producer: 'proxy/sample',
    seq: 0,
  })
  expect(row['search_text']).toMatch(/path c temp$/)
  for (const absent of ['outcome', 'duration_ms', 'fault', 'answered_by', 'undecodable', 'vote'])
    expect(row).not.toHaveProperty(absent)
})

test('a completion, an abort and a vote have their own columns', () => {
  const encode = encoder()
  expect(
    rowOf(stored(encode(completed(at, { actionId: 'a', outcome: 'rpc_error', errorCode: -32603 })))),
  ).toMatchObject({
    outcome: 'rpc_error',
    error_code: '-32603',
    http_status: 200,
    held_ms: 0,
  })
  expect(rowOf(stored(encode(aborted(at, { actionId: 'a' }))))).toMatchObject({
    outcome: 'aborted',
    phase: 'held',
  })
  expect(rowOf(stored(encode(voted(at, 'ap')), 'sallyport.approvals'))).toMatchObject({
    approval_id: 'ap',
    actor: 'dana',
    vote: 'approve',
  })
})

test('a control event has the upstream by its name, and the kind as connector', () => {
  const encode = encoder('decision/sample')
  const by = { actor: { type: 'person' as const, name: 'dana' }, idempotencyKey: null }
  const about = { source: '/decision', subject: 'files', tenant: 'default', key: 'default' }
  const target = { kind: 'http' as const, url: 'http://127.0.0.1:3001/mcp' }
  const upstream = { id: 'u-1', name: 'files', connector: 'mcp', target, credential: null }
  const rule = { id: 'p-1', gateway: 'code-agent', action: 'mcp.*', decision: 'deny' as const }
  const events = [
    newEvent({ type: 'sallyport.upstream.added.v1', ...about, data: { ...by, ...upstream } }, at),
    newEvent(
      {
        type: 'sallyport.permission.set.v2',
        ...about,
        data: { ...by, ...rule, connector: 'mcp', upstream: { id: 'u-1', name: 'files' } },
      },
      at,
    ),
  ]
  for (const event of events)
    expect(rowOf(stored(encode(event), 'sallyport.control'))).toMatchObject({
      upstream: 'files',
      connector: 'mcp',
    })
})

test('the row of a record depends on the record alone', () => {
  const record = stored(encoder()(decided(at, { actionId: 'a1' })))
  expect(rowText(rowOf(record))).toBe(rowText(rowOf(structuredClone(record))))
})

test.each([
  ['no header at all', { key: '', headers: {}, value: Buffer.from('') }],
  [
    'a type of tomorrow',
    { key: 'k', headers: { ce_type: 'sallyport.action.decided.v9' }, value: Buffer.from('{}') },
  ],
  [
    'bytes that are not text',
    { key: 'k', headers: { ce_type: 'x' }, value: Buffer.from([0xff, 0xfe, 0x00]) },
  ],
  ['a byte order mark', { key: 'k', headers: { ce_type: 'x' }, value: Buffer.from('\ufeffx') }],
])('%s becomes a row that says why, and keeps the bytes', (_, record) => {
  const row = rowOf(stored(record))
  expect(row).toMatchObject({
    type: 'unknown',
    undecodable: expect.stringMatching(/event/),
    tenant: 'default',
  })
  const exact = { value_encoding: 'utf8', ...row } as unknown as ExactColumns
  expect(recordHash(recordOf(exact))).toBe(recordHash(record))
})

test.each(['+275760-09-13T00:00:00.000Z', '-000001-01-01T00:00:00.000Z', 'yesterday'])(
  'a time that no column can hold (%s) is filed under when the log took it',
  (ce_time) => {
    expect(rowOf(stored({ key: 'k', headers: { ce_time }, value: Buffer.from('') }))['time']).toBe(
      at.getTime() + 5,
    )
  },
)

test('half a surrogate pair does not reach the line', () => {
  const event = decided(at, { actionId: 'a', rule: 'odd %HIGH% rule', arguments: { deep: '%LOW%' } })
  const line = rowText(rowOf(stored(withHalfPairs(encoder()(event)))))
  expect(JSON.parse(line).rule).toBe('odd \ufffd rule')
  expect(JSON.parse(line).value).toContain('\\udfff')
})
