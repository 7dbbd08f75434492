import { describe, expect, test } from 'vitest'
import { TOPICS } from './catalog.ts'
import type { EncodedEvent } from './codec.ts'
import { encodeEvent, GENESIS_HASH } from './codec.ts'
import { newEvent } from './event.ts'
import { readRecord } from './read-record.ts'

const revoked = encodeEvent(
  newEvent(
    {
      type: 'sallyport.gateway.revoked.v1',
      source: '/decision',
      subject: 'a',
      tenant: 'default',
      key: 'default',
      data: { actor: { type: 'person', name: 'dana' }, idempotencyKey: null, name: 'a' },
    },
    new Date('2026-11-28T10:00:00.000Z'),
  ),
  { producer: 'decision/1', epoch: 1, seq: 0, prevHash: GENESIS_HASH },
)

function record(headers: Readonly<Record<string, string>>, value = '{}'): EncodedEvent {
  return { key: 'default', headers, value: Buffer.from(value) }
}

const unknown = { ce_type: 'sallyport.later.v1' }

describe('a record that this release can read', () => {
  test('is an event', () => {
    expect(readRecord({ ...revoked, topic: TOPICS.control })).toMatchObject({
      kind: 'event',
      event: { data: { name: 'a' } },
    })
  })
})

describe('a record that this release cannot read', () => {
  test.each([
    [
      'of an unknown type, by what its writer said',
      TOPICS.control,
      { ...unknown, ce_critical: 'false' },
      'passable',
    ],
    [
      'of an unknown type, by what its writer said',
      TOPICS.actions,
      { ...unknown, ce_critical: 'true' },
      'critical',
    ],
    ['whose writer said nothing, on control', TOPICS.control, unknown, 'critical'],
    ['whose writer said nothing, on approvals', TOPICS.approvals, unknown, 'critical'],
    ['whose writer said nothing, on actions', TOPICS.actions, unknown, 'passable'],
    ['whose writer said it in other words', TOPICS.control, { ...unknown, ce_critical: 'no' }, 'critical'],
    ['without a type, whatever it says', TOPICS.control, { ce_critical: 'false' }, 'critical'],
    ['on a topic that nobody knows', 'sallyport.other', unknown, 'critical'],
    [
      'of a known type, whatever it says',
      TOPICS.control,
      { ...revoked.headers, ce_critical: 'false' },
      'critical',
    ],
    ['of a type of another topic, like one of an unknown type', TOPICS.actions, revoked.headers, 'critical'],
    [
      'of a passable type',
      TOPICS.actions,
      { ce_type: 'sallyport.action.decided.v1', ce_specversion: '1.0', ce_critical: 'true' },
      'passable',
    ],
  ] as const)('%s (%s)', (_, topic, headers, criticality) => {
    expect(readRecord({ ...record(headers), topic })).toMatchObject({ kind: 'unread', criticality })
  })
})
