import { describe, expect, test } from 'vitest'
import { type ControlEvent, evolve } from './evolve.ts'
import { personDigest } from './persons.ts'
import { standingOf } from './standing.ts'
import { type ControlOutcome, type ControlState, INITIAL_STATE, type Person } from './state.ts'
import {
  AT,
  addBot,
  addGateway,
  addPerson,
  changePerson,
  command,
  issueToken,
  issueTokenOf,
  NO_LIMITS,
  removeBot,
  removePerson,
  revokeGateway,
  revokeToken,
} from './testing/command.ts'

const LATER = '2026-11-21T13:00:00.000Z'

function after(...events: ControlEvent[]): { state: ControlState; outcome: ControlOutcome | undefined } {
  let state = INITIAL_STATE
  let outcome: ControlOutcome | undefined
  for (const event of events) ({ state, outcome } = evolve(state, event))
  return { state, outcome }
}

const rejected = (kind: string) => expect.objectContaining({ accepted: false, kind })
const tokenOf = ({ tokens }: ControlState, name: string) => {
  const token = tokens.get(name)
  if (token === undefined) throw new Error(`there is no token ${name}`)
  return token
}

describe('a person', () => {
  test('is known by an id, and the name is taken while they are there', () => {
    const { state } = after(addPerson('dana', { email: 'dana@example.com' }))
    expect(state.persons.get('id-dana')).toEqual({
      id: 'id-dana',
      name: 'dana',
      email: 'dana@example.com',
      groups: ['finance'],
      roles: ['approver'],
      identity: null,
      createdAt: AT,
    })
    expect(after(addPerson('dana'), addPerson('dana', { id: 'other' })).outcome).toEqual(rejected('conflict'))
    expect(after(addPerson('dana'), addPerson('omar', { id: 'id-dana' })).outcome).toEqual(
      rejected('conflict'),
    )
  })

  test('is changed as a whole, by the id, and keeps the time of the beginning', () => {
    const change = changePerson('dana', { groups: ['sre'], roles: ['admin'] })
    const { state } = after(addPerson('dana'), { ...change, time: LATER })
    expect(state.persons.get('id-dana')).toMatchObject({ groups: ['sre'], roles: ['admin'], createdAt: AT })
    expect(after(addPerson('dana'), changePerson('dana', { id: 'other' })).outcome).toEqual(
      rejected('not_found'),
    )
  })

  test('of whom somebody has read something older is not changed by them', () => {
    const { state: before } = after(addPerson('dana'))
    const basedOn = personDigest(before.persons.get('id-dana') as Person)
    const regrouped = changePerson('dana', { groups: ['sre'], basedOn })
    const { state, outcome } = evolve(before, regrouped)
    expect(outcome.accepted).toBe(true)
    const late = evolve(state, changePerson('dana', { roles: ['admin'], basedOn }))
    expect(late.outcome).toMatchObject({
      accepted: false,
      kind: 'conflict',
      reason: 'dana was changed meanwhile',
    })
    expect(late.state.persons.get('id-dana')).toMatchObject({ groups: ['sre'], roles: ['approver'] })
  })

  test('has one identity, which nobody else has', () => {
    const identity = { issuer: 'https://login.example', subject: '42' }
    const dana = addPerson('dana', { identity })
    expect(after(dana, addPerson('omar', { identity })).outcome).toEqual(rejected('conflict'))
    expect(after(dana, addPerson('omar'), changePerson('omar', { identity })).outcome).toEqual(
      rejected('conflict'),
    )
    const elsewhere = { ...identity, issuer: 'https://other.example' }
    expect(after(dana, addPerson('omar', { identity: elsewhere })).outcome).toMatchObject({ accepted: true })
  })

  test('who gets a name that another had inherits nothing of theirs', () => {
    const { state } = after(
      addPerson('dana', { roles: ['owner'] }),
      issueTokenOf('person', 'id-dana', 'person:dana'),
      addGateway('code-agent'),
      command('sallyport.gateway.owner_set.v1', {
        id: 'id-code-agent',
        name: 'code-agent',
        ownerId: 'id-dana',
      }),
      addBot('helper', { personId: 'id-dana' }),
      removePerson('dana'),
      addPerson('dana', { id: 'second', groups: [], roles: ['viewer'] }),
    )
    expect([...state.persons.keys()]).toEqual(['second'])
    expect(state.bots.size).toBe(0)
    expect(tokenOf(state, 'person:dana').revokedAt).not.toBeNull()
    expect(state.gateways.get('code-agent')?.ownerId).toBe('id-dana')
  })
})

describe('the tokens of somebody who is removed', () => {
  const team = [
    addPerson('dana'),
    addPerson('omar'),
    issueTokenOf('person', 'id-dana', 'person:dana', { digit: '1' }),
    issueTokenOf('person', 'id-dana', 'person:dana:abc', { digit: '2' }),
    issueTokenOf('person', 'id-omar', 'person:omar', { digit: '3' }),
    addBot('ci', { personId: 'id-dana' }),
    issueTokenOf('bot', 'id-ci', 'bot:ci', { digit: '4' }),
    issueToken('old', 'approver', '5'),
  ]
  const ended = ({ tokens }: ControlState) =>
    [...tokens.values()].filter(({ revokedAt }) => revokedAt === LATER).map(({ name }) => name)

  test('end, and those of the bots of that person, and nobody else’s', () => {
    const { state } = after(...team, removePerson('dana', 'id-dana', LATER))
    expect(ended(state)).toEqual(['person:dana', 'person:dana:abc', 'bot:ci'])
    expect(state.bots.size).toBe(0)
    expect([...state.persons.keys()]).toEqual(['id-omar'])
  })

  test('end with a bot, and its person stays', () => {
    const { state } = after(...team, removeBot('ci', 'id-ci', LATER))
    expect(ended(state)).toEqual(['bot:ci'])
    expect(state.persons.size).toBe(2)
  })

  test('cannot be issued any more', () => {
    const late = issueTokenOf('person', 'id-dana', 'person:dana:new')
    expect(after(...team, removePerson('dana'), late).outcome).toEqual(rejected('not_found'))
    expect(after(...team, removeBot('ci'), issueTokenOf('bot', 'id-ci', 'bot:ci:new')).outcome).toEqual(
      rejected('not_found'),
    )
  })
})

test('a session that is over is forgotten with the next token, and one that goes on is not', () => {
  const session = (name: string, expiresAt: string) =>
    issueTokenOf('person', 'id-dana', name, { expiresAt, digit: '1' })
  const { state } = after(
    addPerson('dana'),
    session('person:dana:a', '2026-11-21T12:30:00.000Z'),
    session('person:dana:b', '2026-11-21T23:00:00.000Z'),
    issueTokenOf('person', 'id-dana', 'person:dana', { time: LATER }),
  )
  expect([...state.tokens.keys()]).toEqual(['person:dana:b', 'person:dana'])
})

test('a token of nobody says its scope', () => {
  const data = { id: 't', name: 't', scope: null, tokenHash: 'a'.repeat(64), holder: null }
  expect(after(command('sallyport.token.issued.v2', data)).outcome).toEqual(rejected('conflict'))
})

describe('a bot', () => {
  test('has a name of its own, and a person who is there', () => {
    expect(after(addBot('ci'), addBot('ci', { id: 'other' })).outcome).toEqual(rejected('conflict'))
    expect(after(addBot('ci', { personId: 'nobody' })).outcome).toEqual(rejected('not_found'))
    const moved = { id: 'id-ci', name: 'ci', personId: 'nobody', limits: NO_LIMITS }
    expect(after(addBot('ci'), command('sallyport.bot.changed.v1', moved)).outcome).toEqual(
      rejected('not_found'),
    )
  })

  test('gets other limits by its id', () => {
    const limits = { ...NO_LIMITS, risk: 'low' as const, perMinute: 3 }
    const change = (id: string) =>
      command('sallyport.bot.changed.v1', { id, name: 'ci', personId: null, limits })
    expect(after(addBot('ci'), change('id-ci')).state.bots.get('id-ci')).toMatchObject({ limits })
    expect(after(addBot('ci'), change('other')).outcome).toEqual(rejected('not_found'))
  })
})

describe('the owner of a gateway', () => {
  const setOwner = (ownerId: string | null, id = 'id-code-agent') =>
    command('sallyport.gateway.owner_set.v1', { id, name: 'code-agent', ownerId })

  test('is a person by their id, nobody at first', () => {
    const { state } = after(addGateway('code-agent'))
    expect(state.gateways.get('code-agent')?.ownerId).toBeNull()
    const owned = after(addPerson('dana'), addGateway('code-agent'), setOwner('id-dana')).state
    expect(owned.gateways.get('code-agent')?.ownerId).toBe('id-dana')
    expect(after(addGateway('code-agent'), setOwner('nobody')).outcome).toEqual(rejected('not_found'))
  })

  test('can be said when it is added', () => {
    const data = { id: 'g', name: 'code-agent', tokenHash: 'a'.repeat(64), ownerId: 'id-dana' }
    const added = command('sallyport.gateway.added.v1', data)
    expect(after(addPerson('dana'), added).state.gateways.get('code-agent')?.ownerId).toBe('id-dana')
    expect(after(added).outcome).toEqual(rejected('not_found'))
  })

  test('is not that of another gateway which got the name', () => {
    const again = [revokeGateway('code-agent'), addGateway('code-agent', 'second', 'b')]
    const { state, outcome } = after(
      addPerson('dana'),
      addGateway('code-agent'),
      setOwner('id-dana'),
      ...again,
      setOwner('id-dana'),
    )
    expect(outcome).toEqual(rejected('not_found'))
    expect(state.gateways.get('code-agent')?.ownerId).toBeNull()
  })
})

describe('the standing of a token', () => {
  const { state } = after(
    addPerson('dana'),
    issueTokenOf('person', 'id-dana', 'person:dana', { digit: '1', expiresAt: LATER }),
    addBot('ci', { personId: 'id-dana' }),
    issueTokenOf('bot', 'id-ci', 'bot:ci', { digit: '2' }),
    addBot('lone'),
    issueTokenOf('bot', 'id-lone', 'bot:lone', { digit: '3' }),
    issueToken('old', 'approver', '4'),
    issueToken('root', 'admin', '5'),
  )

  test('of a person is theirs', () => {
    expect(standingOf(state, tokenOf(state, 'person:dana'))).toMatchObject({
      id: 'id-dana',
      tokenId: 'id-person:dana',
      personId: 'id-dana',
      botId: null,
      reach: ['approver'],
      roles: ['approver'],
      groups: ['finance'],
    })
  })

  test('of a bot counts for its person, and reaches no more than a bot', () => {
    expect(standingOf(state, tokenOf(state, 'bot:ci'))).toMatchObject({
      id: 'id-dana',
      personId: 'id-dana',
      botId: 'id-ci',
      type: 'bot',
      reach: ['bot'],
      roles: ['approver', 'bot'],
      groups: ['finance'],
    })
    expect(standingOf(state, tokenOf(state, 'bot:lone'))).toMatchObject({
      id: 'id-lone',
      personId: null,
      roles: ['bot'],
      groups: [],
    })
  })

  test('of its own is its scope, and it is its own voter', () => {
    expect(standingOf(state, tokenOf(state, 'old'))).toMatchObject({
      id: 'id-old',
      personId: null,
      botId: null,
      reach: ['approver'],
      groups: [],
    })
    expect(standingOf(state, tokenOf(state, 'root'))?.reach).toEqual(['owner', 'admin'])
  })
})

describe('a session that was begun with a token', () => {
  const session = (parentId: string, name = 'root:0a1b2c3d') =>
    command('sallyport.token.issued.v2', {
      ...{ id: `id-${name}`, name, scope: 'admin', tokenHash: 'e'.repeat(64), holder: null },
      ...{ expiresAt: LATER, parentId },
    })
  const begun = [issueToken('root', 'admin'), issueToken('second', 'admin', 'c'), session('id-root')]

  test('counts as that one', () => {
    const { state } = after(...begun)
    expect(standingOf(state, tokenOf(state, 'root:0a1b2c3d'))).toMatchObject({
      id: 'id-root',
      name: 'root',
      tokenId: 'id-root:0a1b2c3d',
      isSession: true,
      reach: ['owner', 'admin'],
    })
  })

  test('ends with it, and not before', () => {
    expect(after(...begun, revokeToken('second')).state.tokens.get('root:0a1b2c3d')?.revokedAt).toBeNull()
    const { state } = after(...begun, revokeToken('root'))
    expect(tokenOf(state, 'root:0a1b2c3d').revokedAt).toBe(AT)
    expect(after(...begun, revokeToken('root'), session('id-root', 'again')).outcome).toEqual(
      rejected('not_found'),
    )
  })

  test('is no admin token that could be the last', () => {
    const one = [issueToken('root', 'admin'), session('id-root')]
    expect(after(...one, revokeToken('root')).outcome).toEqual(rejected('conflict'))
    expect(after(...one, revokeToken('root:0a1b2c3d')).outcome).toMatchObject({ accepted: true })
  })
})
