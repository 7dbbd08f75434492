import { type EncodedEvent, recordHash, TOPICS } from '@sallyport/events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clickHouseEventStore, recordsIntoClickHouse } from './adapters/event-store.ts'
import { wordsIn } from './domain/search-words.ts'
import type { DecidedItem, TimelineItem } from './domain/timeline-item.ts'
import type { TimelineRequest } from './domain/timeline-query.ts'
import { type AuditRig, embedded, onServer, startRig, TABLE_CHECKSUM } from './testing/audit-rig.ts'
import { type ExactColumns, recordOf } from './testing/expected-row.ts'
import { aborted, completed, decided, encoder, voted, withHalfPairs } from './testing/sample-events.ts'

const serverUrl = process.env['TEST_CLICKHOUSE_URL']
if (!serverUrl)
  console.info('audit: no server tier, TEST_CLICKHOUSE_URL is not set; the embedded engine runs')
const kinds = [embedded, ...(serverUrl ? [onServer(serverUrl)] : [])]

const T0 = Date.parse('2026-11-20T10:00:00.000Z')
const at = (ms: number) => new Date(T0 + ms)
const all: TimelineRequest = { filter: {}, order: 'desc', limit: 100 }
const idsOf = (items: readonly TimelineItem[]) =>
  items.map((item) => ('actionId' in item ? item.actionId : item.eventId))

describe.each(kinds)('the timeline on $name', (kind) => {
  let rig: AuditRig
  const find = async (change: Partial<TimelineRequest>) =>
    idsOf((await rig.service.reader.timeline({ ...all, ...change })).items)

  beforeAll(async () => {
    rig = await startRig(kind)
    const encode = encoder()
    const bob = { id: 'gw-2', name: 'bob' }
    await rig.log.append(TOPICS.actions, [
      encode(decided(at(0), { actionId: 'read', arguments: { title: 'Crash on\nStartup', n: 4711 } })),
      encode(completed(at(45), { actionId: 'read' })),
      encode(
        decided(at(1000), {
          actionId: 'held',
          action: 'mcp.tools.create_issue',
          verdict: 'hold',
          risk: 'medium',
          approvalId: 'ap-1',
          gateway: bob,
        }),
      ),
      encode(
        decided(at(9000), {
          actionId: 'held',
          action: 'mcp.tools.create_issue',
          verdict: 'allow',
          risk: 'medium',
          approvalId: 'ap-1',
          answeredBy: 'dana',
          phase: 'resumed',
          gateway: bob,
        }),
      ),
      encode(completed(at(9100), { actionId: 'held', heldMs: 8000, durationMs: 89, gateway: bob })),
      encode(
        decided(at(10_000), {
          actionId: 'denied',
          action: 'mcp.tools.delete_branch',
          verdict: 'deny',
          risk: 'high',
          arguments: null,
        }),
      ),
      encode(
        decided(at(11_000), {
          actionId: 'left',
          action: 'mcp.tools.create_issue',
          verdict: 'hold',
          approvalId: 'ap-2',
        }),
      ),
      encode(aborted(at(12_000), { actionId: 'left', verdict: 'hold', durationMs: 1000 })),
      encode(decided(at(13_000), { actionId: 'percent', action: 'mcp.tools.a%20b' })),
      {
        key: 'k',
        headers: { ce_type: 'sallyport.action.decided.v9', ce_time: at(14_000).toISOString() },
        value: Buffer.from('{}'),
      },
    ])
    await rig.log.append(TOPICS.approvals, [encoder('approvals/1')(voted(at(8000), 'ap-1'))])
    await rig.service.ingest.caughtUp()
  })
  afterAll(() => rig.stop())

  test('newest first, an item for each decision, undecodable records among them', async () => {
    expect(await find({})).toEqual([
      'sallyport.actions/0/9',
      'percent',
      'left',
      'denied',
      'held',
      'held',
      'read',
    ])
    expect(await find({ order: 'asc', limit: 2 })).toEqual(['read', 'held'])
  })

  test('an item has what became of it attached, a given-up hold its abort', async () => {
    const { items } = await rig.service.reader.timeline(all)
    const [, , left, , resumed, held, read] = items as DecidedItem[]
    expect(left).toMatchObject({ verdict: 'hold', outcome: 'aborted', durationMs: 1000 })
    expect(resumed).toMatchObject({
      verdict: 'allow',
      phase: 'resumed',
      answeredBy: 'dana',
      durationMs: 89,
      heldMs: 8000,
    })
    expect(held).toMatchObject({ verdict: 'hold', outcome: null, durationMs: null, approvalId: 'ap-1' })
    expect(read).toMatchObject({
      at: '2026-11-20T10:00:00.000Z',
      outcome: 'ok',
      durationMs: 45.5,
      fault: null,
    })
    expect(read?.arguments).toEqual({ title: 'Crash on\nStartup', n: 4711 })
  })

  test.each([
    ['gateway', { filter: { gateway: 'bob' } }, ['held', 'held']],
    ['verdict', { filter: { verdict: 'deny' } }, ['denied']],
    ['risk', { filter: { risk: 'medium' } }, ['held', 'held']],
    ['approval', { filter: { approval: 'ap-2' } }, ['left']],
    ['an exact action', { filter: { action: 'mcp.tools.delete_branch' } }, ['denied']],
    ['a pattern', { filter: { action: 'mcp.*_issue' } }, ['left', 'held', 'held']],
    ['a pattern whose _ and % stand for themselves', { filter: { action: 'mcp.tools.a%20*' } }, ['percent']],
    ['a _ that is not a wildcard', { filter: { action: 'mcp_tools.*' } }, []],
    ['all words in any case', { filter: { words: ['startup', 'crash', '4711'] } }, ['read']],
    ['words of which one is missing', { filter: { words: ['startup', 'calm'] } }, []],
    ['half a word', { filter: { words: ['start'] } }, []],
    ['since, inclusive', { since: T0 + 13_000 }, ['sallyport.actions/0/9', 'percent']],
    ['until, exclusive', { until: T0 + 1000 }, ['read']],
    [
      'everything at once',
      { filter: { gateway: 'bob', verdict: 'hold', words: ['create'] }, since: T0 },
      ['held'],
    ],
  ] as [string, Partial<TimelineRequest>, string[]][])('filters by %s', async (_, request, expected) => {
    expect(await find(request)).toEqual(expected)
  })

  test.each([
    "' OR 1=1 --",
    "\\' OR 1=1 --",
    "'; DROP TABLE events; --",
    '{tenant:String}',
    "') UNION SELECT 1 --",
    '\\',
    '\t\n\0',
  ])('what a filter is given is data: %j', async (attack) => {
    for (const name of ['gateway', 'action', 'verdict', 'approval', 'risk'] as const)
      expect(await find({ filter: { [name]: attack } })).toEqual([])
    expect(await find({ filter: { words: [attack] } })).toEqual([])
    const after = await find({ cursor: { at: T0, eventId: attack }, order: 'asc' })
    expect(after.slice(-6)).toEqual(['held', 'held', 'denied', 'left', 'percent', 'sallyport.actions/0/9'])
    const window = { since: T0, until: T0 + 60_000, gateway: attack }
    expect((await rig.service.reader.summary(window)).totals.allow).toBe(0)
    await expect(rig.service.reader.story(attack)).rejects.toMatchObject({
      code: 'SP_AUDIT_ACTION_NOT_FOUND',
    })
    expect(await find({})).toHaveLength(7)
  })

  test('a summary counts by verdict, action, gateway and time', async () => {
    const summary = await rig.service.reader.summary({ since: T0, until: T0 + 60_000, intervalMs: 10_000 })
    expect(summary.totals).toEqual({ allow: 3, deny: 1, hold: 2, undecodable: 1 })
    expect(summary.actions[0]).toEqual({
      name: 'mcp.tools.create_issue',
      total: 3,
      allow: 1,
      deny: 0,
      hold: 2,
    })
    expect(summary.gateways).toContainEqual({ name: 'bob', total: 2, allow: 1, deny: 0, hold: 1 })
    expect(summary.buckets).toEqual([
      { at: at(0).toISOString(), allow: 2, deny: 0, hold: 1 },
      { at: at(10_000).toISOString(), allow: 1, deny: 1, hold: 1 },
    ])
    expect(summary.durationMs.p50).toBeCloseTo(67.25)
    expect(summary.holdMs).toEqual({ p50: 8000, p95: 8000 })
  })

  test('a summary of nothing has no durations', async () => {
    const { durationMs, totals } = await rig.service.reader.summary({ since: 0, until: 1000 })
    expect({ durationMs, totals }).toEqual({
      durationMs: { p50: null, p95: null },
      totals: { allow: 0, deny: 0, hold: 0, undecodable: 0 },
    })
  })

  test('the story of an action has the votes on its approval, in order', async () => {
    const story = await rig.service.reader.story('held')
    expect(story.map(({ type }) => type.split('.').at(-2))).toEqual([
      'decided',
      'voted',
      'decided',
      'completed',
    ])
    expect(story[1]?.data).toMatchObject({ vote: 'approve', actor: { name: 'dana' } })
  })

  test('words are cut as the index cuts them, and the index is used', async () => {
    const text = 'create_issue(#42): größe naïve—über\ttab\u007f ~x 日本語 a.b@c'
    const [row] = await rig.rows<{ t: string[] }>(`SELECT tokens('${text}', 'splitByNonAlpha') AS t`)
    expect(row?.t).toEqual(wordsIn(text))
    const plan = await rig.rows<{ explain: string }>(
      "EXPLAIN indexes = 1 SELECT event_id FROM events WHERE hasAllTokens(search_text, ['startup'])",
    )
    expect(plan.map(({ explain }) => explain).join('\n')).toContain('by_words')
  })

  test('a slow query holds up neither an insert nor another query', async () => {
    const given = new AbortController()
    let slowEnded = false
    const slow = rig.engine.client
      .query({
        query: 'SELECT sleepEachRow(1) FROM numbers(15) SETTINGS max_block_size = 1, max_threads = 1',
        abort_signal: given.signal,
      })
      .finally(() => {
        slowEnded = true
      })
    slow.catch(() => {})
    await rig.log.append(TOPICS.actions, [
      encoder('d')(decided(at(0), { actionId: 'beside', action: 'beside' })),
    ])
    await rig.service.ingest.caughtUp()
    expect(await find({ filter: { action: 'beside' } })).toEqual(['beside'])
    expect(slowEnded).toBe(false)
    given.abort()
    await expect(slow).rejects.toThrow()
  })

  test('a query gives up at its limit and says so', async () => {
    const query = 'SELECT sum(sipHash64(number)) FROM numbers(100000000000)'
    const settings = { max_execution_time: 1 }
    await expect(rig.engine.client.query({ query, clickhouse_settings: settings })).rejects.toMatchObject({
      code: '159',
    })
  })

  test('pages neither repeat nor skip while events arrive', async () => {
    const encode = encoder('proxy/pages')
    const early = Array.from({ length: 25 }, (_, n) =>
      encode(decided(at(100_000 + (n >> 1)), { actionId: `p${n}`, action: 'pages' })),
    )
    await rig.log.append(TOPICS.actions, early)
    await rig.service.ingest.caughtUp()
    const seen: string[] = []
    let next: { cursor?: TimelineRequest['cursor'] } = {}
    for (let page = 0; page < 20; page += 1) {
      const answer = await rig.service.reader.timeline({
        ...all,
        filter: { action: 'pages' },
        limit: 4,
        ...next,
      } as TimelineRequest)
      seen.push(...idsOf(answer.items))
      if (answer.next === null) break
      next = { cursor: JSON.parse(Buffer.from(answer.next, 'base64url').toString()) }
      await rig.log.append(TOPICS.actions, [
        encode(decided(at(200_000 + page), { actionId: `late${page}`, action: 'pages' })),
      ])
      await rig.service.ingest.caughtUp()
    }
    expect(seen.filter((id) => id.startsWith('p')).sort()).toEqual(early.map((_, n) => `p${n}`).sort())
    expect(new Set(seen).size).toBe(25)
  })
})

describe.each(kinds)('what is stored on $name', (kind) => {
  const odd: EncodedEvent[] = [
    { key: '', headers: {}, value: new Uint8Array() },
    {
      key: 'ключ',
      headers: { a: "'\\\n\t\0", ce_time: '+275760-09-13' },
      value: Buffer.from([0xff, 0x00, 0xc3]),
    },
    { key: 'k', headers: { ce_type: 'x', ce_id: 'i"d' }, value: Buffer.from('\ufeff{"a":"\\ud800"}') },
    { key: 'k', headers: { ce_type: 'x', b: '\\N' }, value: Buffer.from('not json \\ " \r\n') },
  ]
  const fill = async (rig: AuditRig, count: number) => {
    const encode = encoder()
    const records = Array.from({ length: count }, (_, n) => encode(decided(at(n), { actionId: `a${n}` })))
    const lone = withHalfPairs(
      encode(decided(at(count), { actionId: 'lone', arguments: { half: '%HIGH%', ok: '😀' } })),
    )
    const stored = [...records, lone, ...odd]
    await rig.log.append(TOPICS.actions, stored)
    await rig.service.ingest.caughtUp()
    return stored
  }

  test('every record is read back byte for byte, also one that is not an event', async () => {
    const rig = await startRig(kind)
    const records = await fill(rig, 20)
    const rows = await rig.rows<ExactColumns>(
      'SELECT record_key, headers, value, value_encoding FROM events ORDER BY `offset`',
    )
    expect(rows.map((row) => recordHash(recordOf(row)))).toEqual(records.map(recordHash))
    const unknown = await rig.rows<{ n: number }>(
      "SELECT toUInt32(count()) AS n FROM events WHERE type = 'unknown'",
    )
    // Half a surrogate pair is not JSON to ClickHouse.
    expect(unknown).toEqual([{ n: odd.length + 1 }])
    await rig.stop()
  })

  test('a restart goes on where the table ends; a dropped table is rebuilt the same', async () => {
    let rig = await startRig(kind, { SALLYPORT_AUDIT_BATCH_ROWS: '97' })
    await fill(rig, 400)
    const [before] = await rig.rows(TABLE_CHECKSUM)
    rig = await rig.again()
    await rig.log.append(TOPICS.actions, [encoder('p2')(decided(at(99_999), { actionId: 'after' }))])
    await rig.service.ingest.caughtUp()
    expect(await rig.rows('SELECT action_id FROM events WHERE `offset` = 405')).toEqual([
      { action_id: 'after' },
    ])
    const [grown] = await rig.rows(TABLE_CHECKSUM)
    expect(grown).not.toEqual(before)
    await rig.engine.client.command({ query: 'DROP TABLE events SYNC' })
    await rig.engine.client.command({ query: 'DROP TABLE migrations SYNC' })
    rig = await rig.again()
    await rig.service.ingest.caughtUp()
    expect(await rig.rows(TABLE_CHECKSUM)).toEqual([grown])
    await rig.stop()
  })

  test('a block that is inserted again is stored once', async () => {
    const rig = await startRig(kind)
    await rig.engine.client.command({ query: 'SYSTEM STOP MERGES' })
    const record = encoder()(decided(at(0), { actionId: 'once' }))
    const store = clickHouseEventStore(rig.engine.client)
    const place = { topic: 'elsewhere', partition: 3, offset: 0, appendedAt: T0 }
    const block = { ...place, from: 0, to: 1, records: [{ ...record, ...place }] }
    const destination = recordsIntoClickHouse(rig.engine.client)
    await destination.deliver(block, { number: 1, signal: AbortSignal.timeout(10_000) })
    await destination.deliver(block, { number: 2, signal: AbortSignal.timeout(10_000) })
    expect(await rig.rows("SELECT toUInt32(count()) AS n FROM events WHERE topic = 'elsewhere'")).toEqual([
      { n: 1 },
    ])
    expect(await store.positions('elsewhere')).toEqual({ 3: 1 })
    await rig.stop()
  })

  test('a number that no column holds makes its row unread, its neighbours are as they were', async () => {
    const rig = await startRig(kind)
    const encode = encoder()
    const bad = completed(at(1), { actionId: 'bad', requestBytes: 1e30 })
    await rig.log.append(TOPICS.actions, [
      encode(decided(at(0), { actionId: 'a' })),
      encode(bad),
      encode(decided(at(2), { actionId: 'b' })),
    ])
    await rig.service.ingest.caughtUp()
    const rows = await rig.rows<{ type: string; undecodable: string }>(
      'SELECT type, undecodable FROM events ORDER BY `offset`',
    )
    expect(rows.map(({ type }) => type)).toEqual([
      'sallyport.action.decided.v1',
      'unknown',
      'sallyport.action.decided.v1',
    ])
    expect(rows[1]?.undecodable).toMatch(/do not fit/)
    await rig.stop()
  })

  test('numbers are stored and shown as they were sent, in columns, lines and stories', async () => {
    const rig = await startRig(kind)
    const exact =
      '{"big":1234567890123456789,"exponent":1E2,"minus":-0,"small":0.1000000000000000055,"deep":[{"n":12345678901234567890123}]}'
    const lossy = JSON.parse(exact) as Record<string, unknown>
    const event = decided(at(0), { actionId: 'exact', arguments: lossy, argumentsText: exact, meta: exact })
    await rig.log.append(TOPICS.actions, [encoder()(event)])
    await rig.service.ingest.caughtUp()
    expect(await rig.rows('SELECT arguments, meta FROM events')).toEqual([{ arguments: exact, meta: exact }])
    const { items } = await rig.service.reader.timeline(all)
    const [line] = items as { arguments: unknown; meta: unknown }[]
    expect(JSON.stringify(line?.arguments)).toBe(exact)
    expect(JSON.stringify(line?.meta)).toBe(exact)
    const [told] = await rig.service.reader.story('exact')
    expect(JSON.stringify((told as { data: { arguments: unknown } }).data.arguments)).toBe(exact)
    await rig.stop()
  })

  test('a line and a story say of what was recorded late that it was', async () => {
    const rig = await startRig(kind)
    const encode = encoder()
    await rig.log.append(TOPICS.actions, [
      encode(decided(at(0), { actionId: 'in-time', verdict: 'deny' })),
      encode({ ...decided(at(1), { actionId: 'late', verdict: 'deny' }), late: true }),
    ])
    await rig.service.ingest.caughtUp()
    const { items } = await rig.service.reader.timeline(all)
    expect(items).toMatchObject([
      { actionId: 'late', late: true },
      { actionId: 'in-time', late: false },
    ])
    expect(await rig.service.reader.story('late')).toMatchObject([{ late: true }])
    await rig.stop()
  })

  test('retention is put on the table, changed and taken away', async () => {
    let rig = await startRig(kind, { SALLYPORT_AUDIT_RETENTION_DAYS: '30' })
    const engine = () =>
      rig.rows<{ e: string }>(
        "SELECT engine_full AS e FROM system.tables WHERE name = 'events' AND database = currentDatabase()",
      )
    expect((await engine())[0]?.e).toMatch(/TTL .*toIntervalDay\(30\)/)
    rig = await rig.again()
    expect((await engine())[0]?.e).toMatch(/TTL .*toIntervalDay\(30\)/)
    rig = await rig.again({})
    expect((await engine())[0]?.e).not.toMatch(/TTL /)
    await rig.stop()
  })
})
