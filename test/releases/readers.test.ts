import { type AnyNewEvent, decodeEvent, type EncodedEvent, TOPICS } from '@sallyport/events'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { readHistory, type Sample } from '../../packages/events/src/testing/history.ts'
import { type Folded, LogFile } from './log-files.ts'
import { NextRelease } from './next-release.ts'
import { current, unpack } from './packed-release.ts'

/** The last release before events could change: it takes nothing that it does not know. */
const INTOLERANT = '63ebcb4'

/** A release that reads what later ones write as far as it may. */
const TOLERANT = '7d9c514'

/** The events in a log of now that it cannot read: new types and versions, an upstream that has an id, and a gateway that has an owner. */
const UNKNOWN_THEN = [
  'sallyport.token.issued.v2',
  'sallyport.person.added.v1',
  'sallyport.person.changed.v1',
  'sallyport.person.removed.v1',
  'sallyport.bot.added.v1',
  'sallyport.bot.changed.v1',
  'sallyport.bot.removed.v1',
  'sallyport.gateway.added.v1',
  'sallyport.gateway.owner_set.v1',
  'sallyport.upstream.added.v1',
  'sallyport.kill_switch.set.v2',
  'sallyport.approval.revealed.v1',
  'sallyport.approval.told.v1',
  'sallyport.approval.link_opened.v1',
  'sallyport.approval.edited.v1',
  'sallyport.approval.commented.v1',
  'sallyport.catalog.observed.v1',
  'sallyport.gateway.issuers_set.v1',
  'sallyport.permission.set.v4',
  'sallyport.approval.requested.v2',
  'sallyport.approval.voted.v2',
  'sallyport.approval.reminded.v1',
  'sallyport.approval.escalated.v1',
  'sallyport.grant.given.v1',
  'sallyport.grant.used.v1',
  'sallyport.grant.revoked.v1',
  'sallyport.webhook.added.v1',
  'sallyport.webhook.disabled.v1',
  'sallyport.webhook.removed.v1',
  'sallyport.log.damage_accepted.v1',
  'sallyport.record.lost.v1',
  'sallyport.message.dropped.v1',
  'sallyport.action.repeated.v1',
]

const history = readHistory()
const ofTopic = (topic: string) => history.filter((sample) => sample.topic === topic)
/** The events of all samples, as this release writes them. */
const events = history.map(decodeEvent)
/** Without the tokens, the first of which is the first event: earlier releases do not know its version. */
const tokenless = events.filter(({ type }) => type !== 'sallyport.token.issued.v2')

function newLog(): LogFile {
  const file = new LogFile()
  onTestFinished(() => file[Symbol.dispose]())
  return file
}

describe(`this release and ${INTOLERANT}`, () => {
  const before = unpack(INTOLERANT)
  afterAll(() => before[Symbol.dispose]())
  const theirs = history.filter(({ headers }) => headers['ce_critical'] === undefined)

  test('a log that it wrote folds to what it made of it, in the words of now', () => {
    const log = newLog()
    log.writtenBy(before, theirs.map(asWritten))
    const then = log.readBy(before)
    const now = log.readBy(current)
    expect(then.control).toMatchObject({
      fault: null,
      offset: ofTopic(TOPICS.control).filter(isTheirs).length,
    })
    expect(then.approvals).toMatchObject({ fault: null })
    expect(comparable(now)).toEqual(comparable(inWordsOfNow(then)))
  })

  test('it reads a log of this one up to the first event of a new version, and then denies', () => {
    const log = newLog()
    log.writtenBy(current, tokenless)
    const then = log.readBy(before)
    const first = placeOfFirst('sallyport.permission.set.v4')
    expect(then.control.offset).toBe(first)
    expect(then.control.fault).toBe(
      `sallyport.control 0/${first}: unknown event type "sallyport.permission.set.v4"`,
    )
    expect(then.control.state.gateways).toHaveProperty('code-agent')
    expect(then.control.state.permissions).toEqual({})
  })

  test('it never takes an approval that may need several votes for one that needs a single one: it knows none', () => {
    const log = newLog()
    log.writtenBy(current, events)
    expect(log.readBy(before).approvals.all).toEqual([])
  })

  test('its search gets a row of every record of this one, and says which it could not read', () => {
    const log = newLog()
    log.writtenBy(current, events)
    const unread = log.rowsBy(before).filter(({ undecodable }) => undecodable !== null)
    expect(new Set(unread.map(({ written }) => written))).toEqual(new Set(UNKNOWN_THEN))
    expect(log.rowsBy(current).filter(({ undecodable }) => undecodable !== null)).toEqual([])
  })

  function isTheirs(sample: Sample): boolean {
    return theirs.includes(sample)
  }

  /** Its word connector may be the name of an upstream. Rights of an upstream and of a gateway hang on its id now. */
  function inWordsOfNow({ control, approvals }: Folded): Folded {
    const { state } = control
    const idOf = (name: unknown) =>
      theirs.findLast(
        ({ headers }) =>
          headers['ce_type'] === 'sallyport.upstream.added.v1' && headers['ce_subject'] === name,
      )?.headers['ce_id'] ?? null
    const upstreams = mapped(state.upstreams, (one) => ({ ...one, id: idOf(one['name']) }))
    type Parts = Readonly<Record<string, Readonly<Record<string, unknown>>>>
    const catalogs = mapped(state.catalogs, (one) => ({
      ...one,
      offered: mapped(one['offered'] as Parts, (entries) =>
        mapped(entries as Parts, (entry) => ({ ...entry, refused: null })),
      ),
    }))
    const gateways = mapped(state.gateways, (one) => ({ ...one, issuers: [], ownerId: null }))
    const tokens = mapped(state.tokens, (one) => ({ ...one, holder: null, expiresAt: null }))
    const holderOf = (name: unknown) => (name === '*' ? null : (state.gateways[String(name)]?.['id'] ?? null))
    const permissions = mapped(state.permissions, ({ connector, ...rest }) => {
      const one = { ...rest, gatewayId: holderOf(rest['gateway']) }
      return connector === '*' || connector === 'mcp'
        ? { ...one, connector, upstream: null }
        : { ...one, connector: 'mcp', upstream: { id: idOf(connector), name: connector } }
    })
    const scopeNow = (scope: string) =>
      scope === 'connector:mcp' ? scope : scope.replace('connector:', 'upstream:')
    const killSwitches = Object.fromEntries(
      Object.entries(state.killSwitches).map(([scope, one]) => [
        scopeNow(scope),
        { ...one, scope: scopeNow(scope) },
      ]),
    )
    return {
      control: {
        ...control,
        state: {
          ...state,
          catalogs,
          gateways,
          upstreams,
          permissions,
          killSwitches,
          tokens,
          webhooks: {},
          persons: {},
          bots: {},
        },
      },
      approvals: { ...approvals, all: approvals.all.map(withStages) as unknown as typeof approvals.all },
    }
  }
})

describe(`${TOLERANT} on a log of this release`, () => {
  const before = unpack(TOLERANT)
  afterAll(() => before[Symbol.dispose]())

  test('stops at the first approval, which may need several votes', () => {
    const log = newLog()
    log.writtenBy(current, events)
    const { fault, all } = log.readBy(before).approvals
    expect(fault).toContain('sallyport.approval.requested.v2')
    expect(all).toEqual([])
  })

  test('stops at the first event that may change rights and that it does not know, and names it', () => {
    const log = newLog()
    log.writtenBy(current, tokenless)
    const { fault, offset, state } = log.readBy(before).control
    const unknown = placeOfFirst('sallyport.permission.set.v4')
    expect(offset).toBe(unknown)
    expect(fault).toContain('sallyport.permission.set.v4')
    expect(state.gateways).toHaveProperty('code-agent')
  })

  test('knows nobody by a token of this one', () => {
    const log = newLog()
    log.writtenBy(current, events)
    const { fault, state } = log.readBy(before).control
    expect(fault).toContain('sallyport.token.issued.v2')
    expect(state.tokens).toEqual({})
  })
})

describe('this release reads what the next one writes', () => {
  const unchanged = async () => {
    const log = newLog()
    for (const topic of Object.values(TOPICS)) await log.append(topic, ofTopic(topic))
    return log.readBy(current)
  }
  const next = (topic: string) => new NextRelease(`next${topic}`)
  const eventsOf = (topic: string) => ofTopic(topic).map(decodeEvent) as AnyNewEvent[]

  test('events with members that it does not know, to the same state', async () => {
    const log = newLog()
    for (const topic of Object.values(TOPICS)) {
      const writer = next(topic)
      await log.append(
        topic,
        eventsOf(topic).map((event) => writer.widened(event)),
      )
    }
    const read = log.readBy(current)
    expect(read.control.fault).toBeNull()
    expect(read.control.state.upstreams['files']).toMatchObject({ target: { later: { of: [1] } } })
    expect(comparable(without('later', read))).toEqual(comparable(await unchanged()))
  })

  test('events of types that it does not know and may pass over, to the same state, and counts them', async () => {
    const log = newLog()
    for (const topic of [TOPICS.control, TOPICS.approvals]) {
      const writer = next(topic)
      const records = eventsOf(topic).flatMap((event): EncodedEvent[] => [
        writer.unknown(event, 'sallyport.note.added.v1', false),
        writer.widened(event),
      ])
      await log.append(topic, records)
    }
    const read = log.readBy(current)
    const plain = await unchanged()
    expect(read.control).toMatchObject({ fault: null, offset: 2 * plain.control.offset })
    expect(read.control.health.facts?.['passedOver']).toBe(plain.control.offset)
    expect(read.approvals.health.facts?.['passedOver']).toBe(ofTopic(TOPICS.approvals).length)
    expect(comparable(without('later', read)).approvals).toEqual(comparable(plain).approvals)
    expect(comparable(without('later', read)).state).toEqual(comparable(plain).state)
  })

  test.each<[string, (writer: NextRelease, event: AnyNewEvent) => EncodedEvent, RegExp]>([
    [
      'of a critical type that it does not know',
      (writer, event) => writer.unknown(event, 'sallyport.right.taken.v1', true),
      /unknown event type "sallyport.right.taken.v1"/,
    ],
    [
      'of a type that it does not know and that does not say what it is',
      (writer, event) => writer.unknown(event, 'sallyport.right.taken.v1', undefined),
      /unknown event type/,
    ],
    [
      'with a word that it does not know, of a critical type',
      (writer, event) => writer.changed(event, { actor: { type: 'robot', name: 'r2' } }),
      /at \/actor\/type/,
    ],
  ])('up to an event %s, and then denies, in every fold alike', async (_, write, reason) => {
    const log = newLog()
    const places: Record<string, number> = {}
    for (const [topic, type] of [
      [TOPICS.control, 'sallyport.kill_switch.set.v2'],
      [TOPICS.approvals, 'sallyport.approval.voted.v2'],
    ] as const) {
      const writer = next(topic)
      const known = eventsOf(topic)
      const place = known.findIndex((event) => event.type === type)
      places[topic] = place
      await log.append(
        topic,
        known.map((event, index) => (index === place ? write(writer, event) : writer.widened(event))),
      )
    }
    const { control, approvals } = log.readBy(current)
    expect(control.fault).toMatch(reason)
    expect(control.offset).toBe(places[TOPICS.control])
    expect(control.state.killSwitches).toEqual({})
    expect(approvals.fault).toMatch(reason)
    expect(approvals.fault).toContain(`${TOPICS.approvals} 0/${places[TOPICS.approvals]}`)
    expect(approvals.all.map(({ status }) => status)).toEqual(['pending'])
  })
})

/** An event as its author made it, before it was stamped. */
function asWritten({ key, headers, value }: Sample): object {
  const { ce_id: id, ce_type: type, ce_source: source, ce_subject: subject } = headers
  const { ce_time: time, ce_tenant: tenant } = headers
  return {
    id,
    type,
    source,
    subject,
    time,
    tenant,
    key,
    data: JSON.parse(Buffer.from(value).toString('utf8')),
  }
}

/** The key by which a command is remembered is not comparable: it names the version and every member. */
function comparable({ control, approvals }: Folded) {
  const { idempotencyKeys, passableKeys, ...state } = control.state
  const commands = mapped({ ...idempotencyKeys, ...passableKeys }, ({ subject }) => ({ subject }))
  return { fault: control.fault, state: { ...state, commands }, approvals: approvals.all }
}

/** An approval of a release that knew no stages, as one vote of anyone. */
function withStages(approval: Folded['approvals']['all'][number]) {
  const { answer } = approval as unknown as { answer: (Record<string, unknown> & { vote: string }) | null }
  const anyone = { kind: 'anyone', name: 'anyone', id: null }
  const none = {
    fallback: [],
    excluded: [],
    advice: [],
    edit: null,
    edits: 0,
    sent: null,
    editors: [],
    grantId: null,
  }
  const clocks = { remindAt: null, remindedAt: null, escalateAt: null, escalatedAt: null }
  const stages = [{ need: 1, of: [anyone] }]
  if (answer?.vote !== 'approve') return { ...approval, ...none, ...clocks, stages, stage: 0, votes: [] }
  const { vote: _, ...said } = answer
  const { name } = said['actor'] as { name: string }
  const own = { id: name, tokenId: null, personId: null, botId: null }
  const voter = { ...own, roles: ['approver'], groups: [], advisory: false }
  const votes = [{ ...said, voter, stage: 0, as: anyone }]
  return { ...approval, ...none, ...clocks, stages, stage: 1, votes }
}

function mapped<V>(
  record: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  change: (value: Readonly<Record<string, unknown>>) => V,
): Record<string, V> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}

function without<T>(member: string, value: T): T {
  return JSON.parse(JSON.stringify(value, (name, one) => (name === member ? undefined : one)))
}

/** Its offset on the control topic of a log that this release wrote. */
function placeOfFirst(type: string): number {
  return tokenless.filter((event) => isControl(event.type)).findIndex((event) => event.type === type)
}

function isControl(type: string): boolean {
  return ofTopic(TOPICS.control).some((sample) => decodeEvent(sample).type === type)
}
