import { type AnyNewEvent, TOPICS, type Topic } from '@sallyport/events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AdminItem } from './domain/admin-item.ts'
import type { TimelineFilter } from './domain/timeline-filter.ts'
import type { DecidedItem, TimelineItem } from './domain/timeline-item.ts'
import { type AuditRig, embedded, startRig } from './testing/audit-rig.ts'
import { approvalEvents, command, gatewayAdded } from './testing/sample-acts.ts'
import { aborted, decided, encoder } from './testing/sample-events.ts'

const T0 = Date.parse('2026-11-20T10:00:00.000Z')
const at = (ms: number) => new Date(T0 + ms)
const LATER = at(3_600_000)
/** A chain of its own for each topic, as every producer has. */
const encoders = new Map<Topic, ReturnType<typeof encoder>>()
let rig: AuditRig

function append(topic: Topic, ...events: AnyNewEvent[]) {
  const encode = encoders.get(topic) ?? encoder()
  encoders.set(topic, encode)
  return rig.log.append(topic, events.map(encode))
}

async function lines(filter: TimelineFilter): Promise<TimelineItem[]> {
  return (await rig.service.reader.timeline({ filter, order: 'asc', limit: 100 })).items
}
const acts = async (filter: TimelineFilter = {}) => (await lines({ kind: 'admin', ...filter })) as AdminItem[]

/** A held action with its approval, and the end that its line in the timeline tells. */
async function endOf(id: string): Promise<DecidedItem['holdEnd']> {
  const items = (await lines({ action: `mcp.tools.${id}`, verdict: 'hold' })) as DecidedItem[]
  return items[0]?.holdEnd ?? null
}

beforeAll(async () => {
  rig = await startRig(embedded, {}, undefined, () => LATER)
  const permission = {
    id: 'p-1',
    gateway: 'code-agent',
    gatewayId: null,
    upstream: { id: 'u-1', name: 'files' },
    connector: 'mcp',
    action: 'mcp.tools.*',
    decision: 'allow',
    approval: null,
  } as const
  const files = {
    id: 'u-1',
    name: 'files',
    connector: 'mcp',
    target: { kind: 'http', url: 'http://127.0.0.1:3001/mcp' },
    credential: null,
  } as const
  const stop = { scope: 'gateway:code-agent', reason: 'it deletes too much' }
  await append(
    TOPICS.control,
    gatewayAdded(at(0), 'code-agent'),
    gatewayAdded(at(1), 'code-agent'),
    command('sallyport.upstream.added.v1', at(2), files),
    command('sallyport.permission.set.v4', at(3), permission),
    command('sallyport.permission.removed.v1', at(4), { id: 'p-1' }),
    command('sallyport.kill_switch.set.v2', at(5), { ...stop, on: true }),
    command('sallyport.catalog.mode_set.v1', at(6), {
      upstream: 'files',
      kind: 'tool',
      key: 'delete_file',
      status: null,
      mode: 'block',
    }),
    command('sallyport.token.issued.v2', at(7), {
      id: 't-1',
      name: 'omar',
      scope: 'approver',
      tokenHash: 'f'.repeat(64),
      holder: null,
    }),
  )
  const held = (id: string) =>
    decided(at(100), { actionId: `act-${id}`, verdict: 'hold', action: `mcp.tools.${id}` })
  await append(
    TOPICS.actions,
    ...['used', 'denied', 'expired', 'cancelled', 'pending', 'unheard', 'repeated'].map(held),
    aborted(at(200), { actionId: 'act-denied', verdict: 'hold', approvalId: 'denied' }),
  )
  const [used, refused, expired, cancelled, pending] = [
    approvalEvents('used'),
    approvalEvents('denied'),
    approvalEvents('expired'),
    approvalEvents('cancelled'),
    approvalEvents('pending'),
  ] as const
  await append(
    TOPICS.approvals,
    used.requested(at(101), 'act-used', at(10_000)),
    used.voted(at(5000), 'approve', 'dana', 'looks right'),
    used.voted(at(5001), 'deny', 'omar'),
    used.claimed(at(5002), 'act-used'),
    used.voted(at(5003), 'approve', 'dana'),
    used.claimed(at(5004), 'act-used'),
    refused.requested(at(101), 'act-denied', at(10_000)),
    refused.requestedAgain(at(8000), 'act-repeated'),
    refused.voted(at(9000), 'deny', 'omar'),
    expired.requested(at(101), 'act-expired', at(10_000)),
    expired.voted(at(10_001), 'approve', 'dana'),
    cancelled.requested(at(101), 'act-cancelled', at(10_000)),
    cancelled.cancelled(at(300), 'the gateway was revoked'),
    pending.requested(at(101), 'act-pending', new Date(LATER.getTime() + 1)),
  )
  await rig.service.ingest.caughtUp()
})
afterAll(() => rig.stop())

test('administrative acts are lines with who, when, what and why, the kill switch with its reason', async () => {
  const items = await acts()
  expect(items.map(({ summary, effect }) => [summary, effect])).toEqual([
    ['gateway code-agent added', 'done'],
    ['gateway code-agent added', 'rejected'],
    ['upstream files (mcp) added: http://127.0.0.1:3001/mcp', 'done'],
    ['permission set: allow mcp.tools.* for code-agent on upstream files', 'done'],
    ['permission removed: allow mcp.tools.* for code-agent on upstream files', 'done'],
    ['kill switch on for gateway:code-agent', 'done'],
    ['catalog of files: block for tool delete_file', 'rejected'],
    ['approver token of omar issued', 'done'],
  ])
  expect(items[1]).toMatchObject({ rejection: 'there is a gateway code-agent' })
  expect(items[5]).toMatchObject({
    kind: 'admin',
    at: at(5).toISOString(),
    by: { type: 'person', name: 'dana' },
    act: 'kill_switch.set',
    gateway: 'code-agent',
    reason: 'it deletes too much',
  })
  expect(JSON.stringify(items)).not.toContain('e'.repeat(64))
})

test('a line of actions alone has no acts, one of all has both', async () => {
  expect((await lines({})).every(({ kind }) => kind === 'action')).toBe(true)
  const kinds = (await lines({ kind: 'all' })).map(({ kind }) => kind)
  expect(new Set(kinds)).toEqual(new Set(['action', 'admin']))
})

test.each<[TimelineFilter, string[]]>([
  [
    { gateway: 'code-agent' },
    ['gateway.added', 'gateway.added', 'permission.set', 'permission.removed', 'kill_switch.set'],
  ],
  [{ gateway: 'other' }, []],
  [{ upstream: 'files' }, ['upstream.added', 'permission.set', 'permission.removed', 'catalog.mode_set']],
  [{ words: ['deletes'] }, ['kill_switch.set']],
  [{ action: 'mcp.tools.*' }, ['permission.set', 'permission.removed']],
  [{ verdict: 'allow' }, []],
])('acts are found by what they are about: %j', async (filter, expected) => {
  expect((await acts(filter)).map(({ act }) => act)).toEqual(expected)
})

test.each([
  ['used', { status: 'consumed', by: 'dana', at: at(5000).toISOString(), reason: 'looks right' }],
  ['denied', { status: 'denied', by: 'omar', at: at(9000).toISOString(), reason: null }],
  ['repeated', { status: 'denied', by: 'omar', at: at(9000).toISOString(), reason: null }],
  ['expired', { status: 'expired', by: null, at: at(10_000).toISOString(), reason: null }],
  [
    'cancelled',
    { status: 'cancelled', by: 'proxy', at: at(300).toISOString(), reason: 'the gateway was revoked' },
  ],
  ['pending', { status: 'pending', by: null, at: null, reason: null }],
  ['unheard', null],
])('the line of a held action tells how it ended: %s', async (id, expected) => {
  expect(await endOf(id)).toEqual(expected)
})

test('a story is found by the id of the action, of its approval and of any of its events', async () => {
  const { reader } = rig.service
  const story = await reader.story('act-denied')
  expect(story.map(({ type }) => type.split('.')[2])).toEqual(['decided', 'requested', 'aborted', 'voted'])
  expect(await reader.story('denied')).toEqual(story)
  for (const { eventId } of story) expect(await reader.story(eventId)).toEqual(story)
  await expect(reader.story('nothing')).rejects.toMatchObject({ code: 'SP_AUDIT_ACTION_NOT_FOUND' })
})

test.each([
  [
    'act-used',
    [
      ['requested', 'done', null],
      ['voted', 'done', null],
      ['voted', 'rejected', `approved by dana at ${at(5000).toISOString()}`],
      ['claimed', 'done', null],
      [
        'voted',
        'rejected',
        `approved by dana at ${at(5000).toISOString()} and used at ${at(5002).toISOString()}`,
      ],
      ['claimed', 'repeated', null],
    ],
  ],
  [
    'act-denied',
    [
      ['requested', 'done', null],
      ['voted', 'done', null],
    ],
  ],
  [
    'act-expired',
    [
      ['requested', 'done', null],
      ['voted', 'rejected', `expired at ${at(10_000).toISOString()}, unanswered`],
    ],
  ],
])('the story of %s tells what came of each answer and each use', async (actionId, expected) => {
  const story = await rig.service.reader.story(actionId)
  const [asked, others] = [true, false].map((wanted) =>
    story.filter(({ topic }) => (topic === TOPICS.approvals) === wanted),
  )
  expect(asked?.map(({ type, effect, rejection }) => [type.split('.')[2], effect, rejection])).toEqual(
    expected,
  )
  expect(others?.every(({ effect }) => effect === null)).toBe(true)
})

test('the story of an act is that act', async () => {
  const [first] = await acts()
  const story = await rig.service.reader.story(first?.eventId ?? '')
  expect(story.map(({ type }) => type)).toEqual(['sallyport.gateway.added.v1'])
})

test('who follows acts sees each as it comes, with what came of it', async () => {
  const seen: TimelineItem[] = []
  const two = Promise.withResolvers<void>()
  const leave = await rig.service.tail.follow(
    { kind: 'admin', upstream: 'files' },
    {
      onItem(item) {
        seen.push(item)
        if (seen.length === 2) two.resolve()
      },
      onEnd: () => {},
    },
  )
  await append(TOPICS.actions, decided(at(0), { actionId: 'unwanted', verdict: 'deny' }))
  await append(
    TOPICS.control,
    command('sallyport.upstream.removed.v1', at(50), { name: 'files' }),
    command('sallyport.gateway.revoked.v1', at(51), { name: 'code-agent' }),
    command('sallyport.upstream.removed.v1', at(52), { name: 'files' }),
  )
  await two.promise
  leave()
  expect(seen.map((item) => item.kind === 'admin' && [item.act, item.effect])).toEqual([
    ['upstream.removed', 'done'],
    ['upstream.removed', 'rejected'],
  ])
})
