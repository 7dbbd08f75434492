import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ControlEvent, evolve } from '../evolve.ts'
import { type ControlOutcome, type ControlState, INITIAL_STATE } from '../state.ts'
import { AT, addUpstream, command, hashOf } from '../testing/command.ts'
import { CATALOG_LIMITS, type Catalog, modeFor, modeOf, statusOf } from './catalog.ts'
import { charactersOf } from './observed.ts'

const LATER = '2026-11-21T13:00:00.000Z'

interface Seen {
  readonly tools?: Readonly<Record<string, string>>
  readonly missing?: readonly string[]
  readonly whole?: boolean
  readonly registeredAt?: string
  readonly text?: string
}

/** What a proxy saw: tools by name, each with the digit that its fingerprint is made of. */
const observe = ({ tools = {}, missing = [], whole = true, registeredAt = AT, text }: Seen) =>
  command(
    'sallyport.catalog.observed.v1',
    {
      upstream: 'files',
      registeredAt,
      kind: 'tool',
      listed: Object.entries(tools).map(([key, digit]) => ({
        key,
        fingerprint: hashOf(digit),
        definition: text ?? `{"description":"${digit}","name":"${key}"}`,
        entire: true,
      })),
      missing: [...missing],
      whole,
    },
    LATER,
  )

const accept = (...entities: readonly (readonly [string, string | null])[]) =>
  command('sallyport.catalog.accepted.v1', {
    upstream: 'files',
    entities: entities.map(([key, digit]) => ({
      kind: 'tool',
      key,
      fingerprint: digit === null ? null : hashOf(digit),
    })),
  })

type Mode = 'log' | 'hold' | 'block' | null
const setMode = (key: string | null, status: 'changed' | 'added' | 'unknown' | null, mode: Mode) =>
  command('sallyport.catalog.mode_set.v1', { upstream: 'files', kind: 'tool', key, status, mode })

function after(...events: ControlEvent[]): {
  state: ControlState
  outcome: ControlOutcome
  catalog: Catalog
} {
  let state = evolve(INITIAL_STATE, addUpstream('files')).state
  let outcome: ControlOutcome = { accepted: false, kind: 'not_found', reason: 'no event' }
  for (const event of events) ({ state, outcome } = evolve(state, event))
  return { state, outcome, catalog: state.catalogs.get('files') as Catalog }
}

function statuses(catalog: Catalog): Record<string, string> {
  return Object.fromEntries([...catalog.offered.tool].map(([key, entry]) => [key, statusOf(entry)]))
}

describe('what an upstream lists', () => {
  test('is accepted when it is seen for the first time, also over several events', () => {
    const { catalog } = after(
      observe({ tools: { a: '1' }, whole: false }),
      observe({ tools: { b: '1' }, whole: true }),
    )
    expect(statuses(catalog)).toEqual({ a: 'accepted', b: 'accepted' })
  })

  test('later is an addition, a change or a removal', () => {
    const { catalog } = after(
      observe({ tools: { a: '1', b: '1' } }),
      observe({ tools: { a: '2', c: '1' }, missing: ['b'] }),
    )
    expect(statuses(catalog)).toEqual({ a: 'changed', b: 'removed', c: 'added' })
    const changed = catalog.offered.tool.get('a')
    expect([changed?.accepted?.fingerprint, changed?.offered?.fingerprint]).toEqual([
      hashOf('1'),
      hashOf('2'),
    ])
  })

  test('of another kind has a first time of its own', () => {
    const prompts = command('sallyport.catalog.observed.v1', {
      ...observe({ tools: { review: '1' } }).data,
      kind: 'prompt',
    })
    const { catalog } = after(observe({ tools: { a: '1' } }), prompts)
    expect(statusOf(catalog.offered.prompt.get('review') as never)).toBe('accepted')
  })

  test('back as it was accepted no longer differs', () => {
    const { catalog } = after(
      observe({ tools: { a: '1' } }),
      observe({ tools: { a: '2' } }),
      observe({ tools: { a: '1' } }),
    )
    expect(statuses(catalog)).toEqual({ a: 'accepted' })
  })

  test('again under a name that was gone is compared with what was accepted', () => {
    const { catalog } = after(
      observe({ tools: { a: '1' } }),
      observe({ missing: ['a'] }),
      observe({ tools: { a: '2' } }),
    )
    expect(statuses(catalog)).toEqual({ a: 'changed' })
  })

  test('when several proxies tell the same is told once', () => {
    const first = after(observe({ tools: { a: '1' } }), observe({ tools: { a: '2' } }))
    const { state, outcome } = evolve(first.state, observe({ tools: { a: '2' } }))
    expect(outcome.accepted).toBe(true)
    expect(state).toBe(first.state)
  })

  test('of a server that had the name before counts for nothing', () => {
    const { outcome, catalog } = after(observe({ tools: { a: '1' }, registeredAt: LATER }))
    expect(outcome).toMatchObject({ accepted: false, kind: 'conflict' })
    expect(catalog).toBeUndefined()
  })

  test('is forgotten with the upstream', () => {
    const { catalog } = after(
      observe({ tools: { a: '1' } }),
      command('sallyport.upstream.removed.v1', { name: 'files' }),
    )
    expect(catalog).toBeUndefined()
  })
})

describe('what is listed in a way that cannot be read', () => {
  const refuse = (key: string, place = '/description') =>
    command('sallyport.catalog.observed.v1', {
      ...observe({}).data,
      refused: [{ key, rule: 'lone-surrogate', place }],
    })

  test('is refused, whether it was accepted before or never seen, and counts as unknown does', () => {
    const { catalog } = after(observe({ tools: { a: '1' } }), refuse('a'), refuse('b'))
    expect(statuses(catalog)).toEqual({ a: 'refused', b: 'refused' })
    expect([...catalog.offered.tool.values()].map((one) => modeOf(catalog, one))).toEqual(['block', 'block'])
    expect(catalog.offered.tool.get('a')).toMatchObject({
      accepted: { fingerprint: hashOf('1') },
      offered: null,
      refused: { rule: 'lone-surrogate', place: '/description' },
    })
  })

  test('told again changes nothing; at another place it is told anew', () => {
    const { state } = after(observe({ tools: { a: '1' } }), refuse('a'))
    expect(evolve(state, refuse('a')).state).toBe(state)
    expect(evolve(state, refuse('a', '/title')).state).not.toBe(state)
  })

  test('and later as it should be is what it was: accepted, or an addition', () => {
    const { catalog } = after(
      observe({ tools: { a: '1' } }),
      refuse('a'),
      refuse('b'),
      observe({ tools: { a: '1', b: '1' } }),
    )
    expect(statuses(catalog)).toEqual({ a: 'accepted', b: 'added' })
  })

  test('and then missing is gone', () => {
    const { catalog } = after(observe({ tools: { a: '1' } }), refuse('a'), observe({ missing: ['a'] }))
    expect(statuses(catalog)).toEqual({ a: 'removed' })
  })

  test('again and again, with what can be read in between, stops adding to the state', () => {
    const flips = Array.from({ length: 40 }, () => [refuse('a'), observe({ tools: { a: '1' } })])
    const { state } = after(observe({ tools: { a: '1' } }), ...flips.flat())
    expect(evolve(state, refuse('a')).state).toBe(state)
  })
})

describe('a person', () => {
  test('accepts what they saw', () => {
    const { catalog } = after(
      observe({ tools: { a: '1', b: '1' } }),
      observe({ tools: { a: '2', c: '3' }, missing: ['b'] }),
      accept(['a', '2'], ['b', null], ['c', '3']),
    )
    expect(statuses(catalog)).toEqual({ a: 'accepted', c: 'accepted' })
  })

  test('does not accept what it has become since, nor anything beside it', () => {
    const { outcome, catalog } = after(
      observe({ tools: { a: '1', b: '1' } }),
      observe({ tools: { a: '2', b: '2' } }),
      observe({ tools: { a: '3' } }),
      accept(['b', '2'], ['a', '2']),
    )
    expect(outcome).toMatchObject({ accepted: false, kind: 'conflict' })
    expect(statuses(catalog)).toEqual({ a: 'changed', b: 'changed' })
  })

  test('cannot accept what was never seen', () => {
    expect(after(observe({ tools: { a: '1' } }), accept(['b', '1'])).outcome).toMatchObject({
      accepted: false,
      kind: 'not_found',
    })
  })
})

describe('an upstream that means harm', () => {
  const flips = (times: number) =>
    Array.from({ length: times }, (_, turn) => observe({ tools: { a: turn % 2 === 0 ? '2' : '1' } }))

  test('and changes a tool without end leaves it changed, and adds nothing to the state', () => {
    const { state, catalog } = after(observe({ tools: { a: '1' } }), ...flips(CATALOG_LIMITS.turns))
    expect(catalog.offered.tool.get('a')?.offered?.fingerprint).toBe(hashOf('1'))
    expect(statuses(catalog)).toEqual({ a: 'changed' })
    expect(evolve(state, observe({ tools: { a: '4' } })).state).toBe(state)
    expect(statuses(evolve(state, accept(['a', '1'])).state.catalogs.get('files') as Catalog)).toEqual({
      a: 'accepted',
    })
  })

  test('or only lists differently to each caller, leaves what is there there, and adds nothing to the state', () => {
    const seen = observe({ tools: { a: '1' } })
    const comesAndGoes = Array.from({ length: CATALOG_LIMITS.absences }, () => [
      observe({ missing: ['a'] }),
      seen,
    ])
    for (const first of [[seen], [observe({}), seen]]) {
      const { state, catalog } = after(...first, ...comesAndGoes.flat())
      expect(catalog.offered.tool.get('a')).toMatchObject({ turns: 0, offered: { fingerprint: hashOf('1') } })
      expect(evolve(state, observe({ missing: ['a'] })).state).toBe(state)
      expect(statuses(catalog)).toEqual({ a: first.length === 1 ? 'accepted' : 'added' })
    }
  })

  test('and changes a tool each time it was away leaves it changed', () => {
    const away = Array.from({ length: 40 }, (_, turn) => [
      observe({ missing: ['a'] }),
      observe({ tools: { a: String((turn % 8) + 2) } }),
    ])
    const { catalog } = after(observe({ tools: { a: '1' } }), ...away.flat(), observe({ tools: { a: '1' } }))
    expect(statuses(catalog)).toEqual({ a: 'changed' })
  })

  test('and lists without end fills its catalog and no more', () => {
    const many = Object.fromEntries(
      Array.from({ length: CATALOG_LIMITS.entries + 5 }, (_, at) => [`t${at}`, '1']),
    )
    const { catalog, state } = after(observe({ tools: many }))
    expect(catalog.offered.tool.size).toBe(CATALOG_LIMITS.entries)
    expect(catalog.full).toBe(true)
    expect(evolve(state, observe({ tools: { another: '1' } })).state).toBe(state)
  })

  test('and describes at length has only so much of it kept, and every fingerprint', () => {
    const text = JSON.stringify({ text: 'x'.repeat(32_000) })
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`t${at}`, '1']))
    const { catalog } = after(observe({ tools: many, text }))
    expect(catalog.characters).toBeLessThanOrEqual(CATALOG_LIMITS.characters)
    const last = catalog.offered.tool.get('t199')?.offered
    expect(last).toEqual({ fingerprint: hashOf('1'), text: null, entire: false })
  })
})

describe('a mode', () => {
  const seen = observe({ tools: { a: '1', b: '1' } })
  const changed = observe({ tools: { a: '2', b: '2' } })

  test('by default holds what changed, and stands in the way of nothing else that is listed', () => {
    const { catalog } = after(seen, observe({ tools: { a: '2', c: '1' } }))
    const modes = [...catalog.offered.tool.values()].map((entry) => [entry.key, modeOf(catalog, entry)])
    expect(Object.fromEntries(modes)).toEqual({ a: 'hold', b: 'log', c: 'log' })
    expect(modeFor(catalog, 'tool', 'unknown')).toBe('block')
    expect(modeFor(undefined, 'tool', 'unknown')).toBe('block')
  })

  test('of a kind is for those that differ; that of one tool for this one, whatever its state', () => {
    const { catalog } = after(seen, setMode(null, 'changed', 'block'), setMode('b', null, 'log'), changed)
    const of = (name: string) => modeOf(catalog, catalog.offered.tool.get(name) as never)
    expect([of('a'), of('b')]).toEqual(['block', 'log'])
    const blocked = after(seen, setMode('a', null, 'block')).catalog
    expect(modeOf(blocked, blocked.offered.tool.get('a') as never)).toBe('block')
  })

  test('goes back to the default', () => {
    const { catalog } = after(
      seen,
      setMode(null, 'changed', 'block'),
      setMode(null, 'changed', null),
      setMode('a', null, 'block'),
      setMode('a', null, null),
      changed,
    )
    expect(modeOf(catalog, catalog.offered.tool.get('a') as never)).toBe('hold')
  })

  test('of a kind can be set before anything was seen; of one tool it cannot, nor of no upstream', () => {
    const early = after(setMode(null, 'unknown', 'log'))
    expect(modeFor(early.catalog, 'tool', 'unknown')).toBe('log')
    expect(after(setMode('a', null, 'log')).outcome).toMatchObject({ accepted: false, kind: 'not_found' })
    expect(evolve(INITIAL_STATE, setMode(null, 'unknown', 'log')).outcome).toMatchObject({
      kind: 'not_found',
    })
  })
})

test('the characters that are counted are those that are kept, whatever happened', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  const digit = fc.constantFrom('1', '2', '3')
  const event = fc.oneof(
    fc.tuple(name, digit).map(([key, value]) => observe({ tools: { [key]: value } })),
    name.map((key) => observe({ missing: [key] })),
    fc.tuple(name, fc.option(digit)).map((acceptance) => accept(acceptance)),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      const { catalog } = after(observe({ tools: { a: '1' } }), ...events)
      const kept = [...catalog.offered.tool.values()].reduce((sum, entry) => sum + charactersOf(entry), 0)
      expect(catalog.characters).toBe(kept)
    }),
  )
})
