import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ControlEvent, evolve } from './evolve.ts'
import { type ControlOutcome, type ControlState, INITIAL_STATE } from './state.ts'
import {
  addGateway,
  addUpstream,
  command,
  hashOf,
  issueToken,
  removeUpstream,
  revokeGateway,
  revokeToken,
  setKillSwitch,
  setPermission,
} from './testing/command.ts'

/** The state after the events and what came of the last one. */
function after(...events: ControlEvent[]): { state: ControlState; outcome: ControlOutcome } {
  let state = INITIAL_STATE
  let outcome: ControlOutcome = { accepted: false, kind: 'not_found', reason: 'no event' }
  for (const event of events) ({ state, outcome } = evolve(state, event))
  return { state, outcome }
}

const accepted = (subject: string) => ({ accepted: true, subject, repeated: false })
const rejected = (kind: string) => expect.objectContaining({ accepted: false, kind })

describe('a gateway', () => {
  test('that is added is in force', () => {
    const { state, outcome } = after(addGateway('code-agent', 'g-1'))
    expect(outcome).toEqual(accepted('g-1'))
    expect(state.gateways.get('code-agent')).toMatchObject({ id: 'g-1', revokedAt: null })
  })

  test('keeps its name against a second one', () => {
    const { state, outcome } = after(addGateway('code-agent', 'g-1'), addGateway('code-agent', 'g-2'))
    expect(outcome).toEqual(rejected('conflict'))
    expect(state.gateways.get('code-agent')?.id).toBe('g-1')
  })

  test('gives its name up when it is revoked, to one with a new id', () => {
    const { state, outcome } = after(
      addGateway('code-agent', 'g-1'),
      revokeGateway('code-agent'),
      addGateway('code-agent', 'g-2'),
    )
    expect(outcome).toEqual(accepted('g-2'))
    expect(state.gateways.get('code-agent')).toMatchObject({ id: 'g-2', revokedAt: null })
  })

  test('takes its permissions with it when it is revoked: the next of its name begins with nothing', () => {
    const others = command('sallyport.permission.set.v4', {
      gatewayId: null,
      id: 'p-2',
      gateway: '*',
      upstream: null,
      connector: 'mcp',
      action: 'mcp.tools.read_*',
      decision: 'deny',
      approval: null,
    })
    const { state } = after(
      addGateway('code-agent', 'g-1'),
      setPermission('p-1', 'allow'),
      others,
      revokeGateway('code-agent'),
      addGateway('code-agent', 'g-2'),
    )
    expect([...state.permissions.keys()]).toEqual(['p-2'])
  })

  test('keeps its id when its token is rotated', () => {
    const rotate = command('sallyport.gateway.token_rotated.v1', { name: 'a', tokenHash: hashOf('c') })
    const { state, outcome } = after(addGateway('a', 'g-1'), rotate)
    expect(outcome).toEqual(accepted('g-1'))
    expect(state.gateways.get('a')).toMatchObject({ id: 'g-1', tokenHash: hashOf('c') })
  })

  test.each([
    ['revoked twice', [addGateway('a'), revokeGateway('a'), revokeGateway('a')]],
    ['revoked before it was added', [revokeGateway('a')]],
    [
      'rotated after it was revoked',
      [
        addGateway('a'),
        revokeGateway('a'),
        command('sallyport.gateway.token_rotated.v1', { name: 'a', tokenHash: hashOf('c') }),
      ],
    ],
  ])('cannot be %s', (_what, events) => {
    expect(after(...events).outcome).toEqual(rejected('not_found'))
  })
})

describe('an upstream', () => {
  const remove = removeUpstream('files')

  test('keeps its name until it is removed', () => {
    expect(after(addUpstream('files'), addUpstream('files')).outcome).toEqual(rejected('conflict'))
    expect(after(addUpstream('files'), remove, addUpstream('files')).outcome).toEqual(accepted('files'))
  })

  test('that is unknown cannot be removed', () => {
    expect(after(remove).outcome).toEqual(rejected('not_found'))
  })

  test('has the id that it was given; one of an earlier release has that of its event', () => {
    const earlier = addUpstream('files')
    expect(after(addUpstream('files', 'u-1')).state.upstreams.get('files')?.id).toBe('u-1')
    expect(after(earlier).state.upstreams.get('files')?.id).toBe(earlier.id)
  })
})

describe('the issuers that may name a gateway', () => {
  const ISSUER = 'https://login.example'
  const set = (id: string, issuers = [ISSUER]) =>
    command('sallyport.gateway.issuers_set.v1', { id, name: 'a', issuers })
  const issuersOf = (...events: ControlEvent[]) => after(...events).state.gateways.get('a')?.issuers

  test('are none unless it is said', () => {
    expect(issuersOf(addGateway('a', 'g-1'))).toEqual([])
  })

  test('are said when it is added, or later', () => {
    const issuers = { issuers: [ISSUER] }
    const data = { id: 'g-1', name: 'a', tokenHash: hashOf('a'), ...issuers }
    expect(issuersOf(command('sallyport.gateway.added.v1', data))).toEqual([ISSUER])
    expect(issuersOf(addGateway('a', 'g-1'), set('g-1'))).toEqual([ISSUER])
    expect(issuersOf(addGateway('a', 'g-1'), set('g-1'), set('g-1', []))).toEqual([])
  })

  test('are not inherited with the name', () => {
    const first = [addGateway('a', 'g-1'), set('g-1'), revokeGateway('a')]
    expect(after(...first, set('g-1')).outcome).toEqual(rejected('not_found'))
    expect(issuersOf(...first, addGateway('a', 'g-2'))).toEqual([])
    expect(issuersOf(...first, addGateway('a', 'g-2'), set('g-1'))).toEqual([])
  })
})

describe('a permission', () => {
  test('for the same gateway, upstream, connector and action replaces the earlier one and keeps its id', () => {
    const { state, outcome } = after(setPermission('p-1', 'allow'), setPermission('p-2', 'deny'))
    expect(outcome).toEqual(accepted('p-1'))
    expect([...state.permissions.values()]).toEqual([
      expect.objectContaining({ id: 'p-1', decision: 'deny' }),
    ])
  })

  describe('for one gateway', () => {
    const holders = (...events: ControlEvent[]) =>
      [...after(...events).state.permissions.values()].map(({ gatewayId }) => gatewayId)
    const readded = [
      addGateway('code-agent', 'g-1'),
      revokeGateway('code-agent'),
      addGateway('code-agent', 'g-2'),
    ]

    test('is bound to its id', () => {
      const set = setPermission('p-1', 'allow', { gatewayId: 'g-1' })
      expect(holders(addGateway('code-agent', 'g-1'), set)).toEqual(['g-1'])
    })

    test('is not set for one that was revoked meanwhile, though its name was given anew', () => {
      const { state, outcome } = after(...readded, setPermission('p-1', 'allow', { gatewayId: 'g-1' }))
      expect(outcome).toEqual(rejected('not_found'))
      expect(state.permissions.size).toBe(0)
    })

    test('that says no id is for the one that has the name now', () => {
      expect(holders(...readded, setPermission('p-1', 'allow'))).toEqual(['g-2'])
    })

    test('that is set before there is one waits for the first of the name, and ends with it', () => {
      const early = setPermission('p-1', 'allow')
      expect(holders(early)).toEqual([null])
      expect(holders(early, addGateway('code-agent', 'g-1'))).toEqual(['g-1'])
      expect(holders(early, ...readded)).toEqual([])
    })

    test('replaces the one that waited', () => {
      const early = setPermission('p-1', 'deny')
      const { state } = after(
        early,
        addGateway('code-agent', 'g-1'),
        setPermission('p-2', 'allow', { gatewayId: 'g-1' }),
      )
      expect([...state.permissions.values()]).toMatchObject([{ id: 'p-1', decision: 'allow' }])
    })
  })

  describe('for one upstream', () => {
    const files = (id: string) => ({ upstream: { id, name: 'files' } })
    const bound = (...events: ControlEvent[]) =>
      [...after(...events).state.permissions.values()].map(({ upstream }) => upstream)

    test('is bound to its id and stands beside one for every upstream', () => {
      const { state } = after(
        addUpstream('files', 'u-1'),
        setPermission('p-1', 'deny', { upstream: null }),
        setPermission('p-2', 'allow', files('u-1')),
      )
      expect([...state.permissions.values()].map(({ upstream }) => upstream)).toEqual([
        null,
        { id: 'u-1', name: 'files' },
      ])
    })

    test('ends with it: another upstream that gets the name begins with nothing', () => {
      const events = [addUpstream('files', 'u-1'), setPermission('p-1', 'allow', files('u-1'))]
      expect(bound(...events, removeUpstream('files'), addUpstream('files', 'u-2'))).toEqual([])
    })

    test('is not set for one that was removed meanwhile, though its name was given anew', () => {
      const anew = [addUpstream('files', 'u-1'), removeUpstream('files'), addUpstream('files', 'u-2')]
      const { state, outcome } = after(...anew, setPermission('p-1', 'allow', files('u-1')))
      expect(outcome).toEqual(rejected('not_found'))
      expect(state.permissions.size).toBe(0)
    })

    test('that says no id, as one of an earlier release, is for the first that has the name', () => {
      const earlier = setPermission('p-1', 'deny', { upstream: { id: null, name: 'files' } })
      expect(bound(addUpstream('files', 'u-1'), earlier)).toEqual([{ id: 'u-1', name: 'files' }])
      expect(bound(earlier)).toEqual([{ id: null, name: 'files' }])
      expect(bound(earlier, addUpstream('files', 'u-1'))).toEqual([{ id: 'u-1', name: 'files' }])
      expect(bound(earlier, addUpstream('files', 'u-1'), removeUpstream('files'))).toEqual([])
    })

    test('replaces what an earlier release set for it', () => {
      const { state } = after(
        addUpstream('files', 'u-1'),
        setPermission('p-1', 'deny', { upstream: { id: null, name: 'files' } }),
        setPermission('p-2', 'allow', files('u-1')),
      )
      expect([...state.permissions.values()]).toMatchObject([{ id: 'p-1', decision: 'allow' }])
    })
  })

  test('for another action stands beside it', () => {
    const { state } = after(setPermission('p-1', 'allow'), setPermission('p-2', 'deny', { action: 'mcp.*' }))
    expect([...state.permissions.keys()]).toEqual(['p-1', 'p-2'])
  })

  test('is removed by its id, once', () => {
    const remove = command('sallyport.permission.removed.v1', { id: 'p-1' })
    const { state, outcome } = after(setPermission('p-1', 'allow'), remove)
    expect(outcome).toEqual(accepted('p-1'))
    expect(state.permissions.size).toBe(0)
    expect(after(setPermission('p-1', 'allow'), remove, remove).outcome).toEqual(rejected('not_found'))
  })
})

describe('the kill switch', () => {
  test('that is set again keeps the time since when it is on', () => {
    const { state } = after(
      setKillSwitch('global', true, '2026-11-21T12:00:00.000Z'),
      setKillSwitch('global', true, '2026-11-21T12:05:00.000Z'),
    )
    expect(state.killSwitches.get('global')).toMatchObject({ since: '2026-11-21T12:00:00.000Z', by: 'dana' })
  })

  test('goes off in its own scope alone, also where it was not on', () => {
    const { state, outcome } = after(
      setKillSwitch('global', true),
      setKillSwitch('gateway:a', true),
      setKillSwitch('gateway:a', false),
      setKillSwitch('gateway:a', false),
    )
    expect(outcome).toEqual(accepted('gateway:a'))
    expect([...state.killSwitches.keys()]).toEqual(['global'])
  })
})

describe('an API token', () => {
  test('keeps its name while it is in force', () => {
    expect(after(issueToken('dana', 'admin'), issueToken('dana', 'bot')).outcome).toEqual(
      rejected('conflict'),
    )
  })

  test('of the last admin cannot be revoked', () => {
    const { state, outcome } = after(
      issueToken('root', 'admin'),
      issueToken('dana', 'approver'),
      revokeToken('root'),
    )
    expect(outcome).toEqual(rejected('conflict'))
    expect(state.tokens.get('root')?.revokedAt).toBeNull()
  })

  test('of an admin can be revoked while another is in force', () => {
    const both = [issueToken('root', 'admin'), issueToken('dana', 'admin')]
    expect(after(...both, revokeToken('root')).outcome).toEqual(accepted('id-root'))
    expect(after(...both, revokeToken('root'), revokeToken('dana')).outcome).toEqual(rejected('conflict'))
  })

  test('that is unknown or revoked cannot be revoked', () => {
    const dana = issueToken('dana', 'bot')
    expect(after(revokeToken('dana')).outcome).toEqual(rejected('not_found'))
    expect(after(dana, revokeToken('dana'), revokeToken('dana')).outcome).toEqual(rejected('not_found'))
  })
})

describe('an idempotency key', () => {
  const key = { idempotencyKey: hashOf('f') }

  test('that comes again has no effect and names what was made', () => {
    const first = after(addGateway('a', 'g-1', 'a', key))
    const { state, outcome } = evolve(first.state, addGateway('a', 'g-2', 'b', key))
    expect(outcome).toEqual({ accepted: true, subject: 'g-1', repeated: true })
    expect(state).toBe(first.state)
  })

  test('that comes again for another command is a mismatch', () => {
    const first = after(addGateway('a', 'g-1', 'a', key))
    expect(evolve(first.state, addGateway('b', 'g-2', 'b', key)).outcome).toEqual(rejected('mismatch'))
    expect(evolve(first.state, setPermission('p-1', 'allow', key)).outcome).toEqual(rejected('mismatch'))
  })

  test('of a removal belongs to that permission', () => {
    const remove = (id: string) => command('sallyport.permission.removed.v1', { id, ...key })
    const two = [setPermission('p-1', 'allow'), setPermission('p-2', 'deny', { action: 'mcp.*' })]
    expect(after(...two, remove('p-1'), remove('p-2')).outcome).toEqual(rejected('mismatch'))
    expect(after(...two, remove('p-1'), remove('p-1')).outcome).toMatchObject({ repeated: true })
  })

  test('of an event that a reader may pass over decides nothing about one that it may not', () => {
    const removal = command('sallyport.webhook.removed.v1', { name: 'siem', ...key })
    const added = command('sallyport.webhook.added.v1', {
      id: 'w-1',
      name: 'siem',
      url: 'https://siem.example.test/',
      events: ['*'],
      secret: { kind: 'env', variable: 'SIEM' },
      ...key,
    })
    const knowing = after(added, setPermission('p-1', 'deny', key))
    const passing = after(setPermission('p-1', 'deny', key))
    expect(knowing.outcome).toEqual(passing.outcome)
    expect(knowing.state.permissions).toEqual(passing.state.permissions)
    expect(evolve(knowing.state, removal).outcome).toEqual(rejected('mismatch'))
  })

  test('of a rejected command is free', () => {
    const { outcome } = after(
      addGateway('a', 'g-1'),
      addGateway('a', 'g-2', 'b', key),
      revokeGateway('a'),
      addGateway('a', 'g-3', 'c', key),
    )
    expect(outcome).toEqual(accepted('g-3'))
  })

  test('is forgotten after a thousand others', () => {
    const others = Array.from({ length: 1000 }, (_, place) =>
      addGateway(`g${place}`, `g-${place}`, 'a', { idempotencyKey: place.toString(16).padStart(64, '0') }),
    )
    const { state } = after(addGateway('a', 'g-1', 'a', key), ...others)
    expect(state.idempotencyKeys.size).toBe(1000)
    expect(state.idempotencyKeys.has(key.idempotencyKey)).toBe(false)
  })
})

const name = fc.constantFrom('a', 'b')
const digit = fc.constantFrom('1', '2', '3')
const idempotencyKey = fc.option(fc.constantFrom(hashOf('d'), hashOf('e')), { nil: null })
const anyCommand: fc.Arbitrary<ControlEvent> = fc.oneof(
  fc
    .tuple(name, fc.uuid(), digit, idempotencyKey)
    .map(([given, id, hash, key]) => addGateway(given, id, hash, { idempotencyKey: key })),
  name.map(revokeGateway),
  fc
    .tuple(name, digit)
    .map(([given, hash]) =>
      command('sallyport.gateway.token_rotated.v1', { name: given, tokenHash: hashOf(hash) }),
    ),
  name.map((given) => addUpstream(given)),
  name.map(removeUpstream),
  fc
    .tuple(fc.uuid(), fc.constantFrom('allow', 'deny'), fc.constantFrom('mcp.*', 'mcp.tools.*'))
    .map(([id, decision, action]) => setPermission(id, decision as 'allow' | 'deny', { action })),
  fc
    .tuple(fc.constantFrom('global', 'gateway:a'), fc.boolean())
    .map(([scope, on]) => setKillSwitch(scope, on)),
  fc
    .tuple(name, fc.constantFrom('admin', 'approver'), digit)
    .map(([given, scope, hash]) => issueToken(given, scope as 'admin' | 'approver', hash)),
  name.map(revokeToken),
)
const history = fc.array(anyCommand, { maxLength: 30 })

describe('for any history', () => {
  test('replaying it gives an equal state and equal outcomes', () => {
    fc.assert(
      fc.property(history, (events) => {
        expect(after(...events)).toEqual(after(...events))
      }),
    )
  })

  test('one of many commands for the same new name wins, whatever their order', () => {
    const rivals = fc.shuffledSubarray(
      ['1', '2', '3', '4'].map((id) => addGateway('new', id)),
      { minLength: 2, maxLength: 4 },
    )
    fc.assert(
      fc.property(history, rivals, (events, adds) => {
        let { state } = after(...events)
        const outcomes = adds.map((event) => {
          const next = evolve(state, event)
          state = next.state
          return next.outcome
        })
        const winners = outcomes.filter((outcome) => outcome.accepted)
        expect(winners).toHaveLength(1)
        expect(state.gateways.get('new')?.id).toBe(adds[0]?.data.id)
      }),
    )
  })

  test('a rejected command changes nothing', () => {
    fc.assert(
      fc.property(history, anyCommand, (events, event) => {
        const { state } = after(...events)
        const next = evolve(state, event)
        if (!next.outcome.accepted) expect(next.state).toBe(state)
      }),
    )
  })

  test('once there is an admin token there always is one', () => {
    fc.assert(
      fc.property(history, (events) => {
        const { state } = after(issueToken('first', 'admin'), ...events)
        const admins = [...state.tokens.values()].filter(
          (token) => token.scope === 'admin' && token.revokedAt === null,
        )
        expect(admins.length).toBeGreaterThan(0)
      }),
    )
  })
})
