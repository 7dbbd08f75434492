import type { DataOf, EventOf } from '@sallyport/events'
import type { Decision } from '@sallyport/policy/words'
import type { ControlEvent, ControlEventType } from '../evolve.ts'

type Command = { actor?: ControlEvent['data']['actor']; idempotencyKey?: string | null }
type Given<T extends ControlEventType> = Omit<DataOf<T>, 'actor' | 'idempotencyKey'> & Command

export const AT = '2026-11-21T12:00:00.000Z'
export const hashOf = (digit: string): string => digit.repeat(64)

let made = 0

/** A control event as the fold reads it: by `dana`, without an idempotency key unless one is given. */
export function command<T extends ControlEventType>(type: T, data: Given<T>, time = AT): EventOf<T> {
  made += 1
  return {
    id: `event-${made}`,
    type,
    source: '/decision',
    subject: 'x',
    time,
    tenant: 'default',
    key: 'default',
    stamp: { producer: 'decision/1', epoch: 1, seq: made, prevHash: hashOf('0') },
    data: { actor: { type: 'person', name: 'dana' }, idempotencyKey: null, ...data },
  } as unknown as EventOf<T>
}

export const addGateway = (name: string, id = `id-${name}`, digit = 'a', extra: Command = {}) =>
  command('sallyport.gateway.added.v1', { id, name, tokenHash: hashOf(digit), ...extra })

export const revokeGateway = (name: string) => command('sallyport.gateway.revoked.v1', { name })

export const issueToken = (name: string, scope: 'admin' | 'approver' | 'analyst' | 'bot', digit = 'b') =>
  command('sallyport.token.issued.v2', {
    id: `id-${name}`,
    name,
    scope,
    tokenHash: hashOf(digit),
    holder: null,
  })

/** A token of a person's or bot's, by the holder's id. */
export const issueTokenOf = (
  type: 'person' | 'bot',
  holderId: string,
  name: string,
  extra: Command & { expiresAt?: string; digit?: string; time?: string } = {},
) => {
  const { digit = 'c', time = AT, ...rest } = extra
  const holder = { type, id: holderId }
  const data = { id: `id-${name}`, name, scope: null, tokenHash: hashOf(digit), holder, ...rest }
  return command('sallyport.token.issued.v2', data, time)
}

type PersonFacts = Omit<DataOf<'sallyport.person.added.v1'>, 'actor' | 'idempotencyKey'>
const personData = (name: string, extra: Partial<PersonFacts> = {}): PersonFacts => ({
  id: `id-${name}`,
  name,
  email: null,
  groups: ['finance'],
  roles: ['approver'],
  identity: null,
  ...extra,
})

export const addPerson = (name: string, extra: Partial<PersonFacts> & Command = {}) =>
  command('sallyport.person.added.v1', { ...personData(name), ...extra })

export const changePerson = (
  name: string,
  extra: Partial<DataOf<'sallyport.person.changed.v1'>> & Command = {},
) => command('sallyport.person.changed.v1', { ...personData(name), ...extra })

export const removePerson = (name: string, id = `id-${name}`, time = AT) =>
  command('sallyport.person.removed.v1', { id, name }, time)

export const NO_LIMITS = { gateways: null, risk: null, perMinute: null, stages: null, advisory: false }

type BotFacts = Omit<DataOf<'sallyport.bot.added.v1'>, 'actor' | 'idempotencyKey'>

export const addBot = (name: string, extra: Partial<BotFacts> & Command = {}) =>
  command('sallyport.bot.added.v1', { id: `id-${name}`, name, personId: null, limits: NO_LIMITS, ...extra })

export const removeBot = (name: string, id = `id-${name}`, time = AT) =>
  command('sallyport.bot.removed.v1', { id, name }, time)

export const revokeToken = (name: string) => command('sallyport.token.revoked.v1', { name })

export const setPermission = (
  id: string,
  decision: Decision,
  extra: Command & {
    action?: string
    connector?: string
    gatewayId?: string | null
    upstream?: { id: string | null; name: string } | null
    approval?: DataOf<'sallyport.permission.set.v4'>['approval']
  } = {},
) =>
  command('sallyport.permission.set.v4', {
    id,
    gateway: 'code-agent',
    gatewayId: null,
    upstream: null,
    connector: 'mcp',
    action: 'mcp.tools.read_*',
    decision,
    approval: null,
    ...extra,
  })

export const setKillSwitch = (scope: string, on: boolean, time = AT) =>
  command('sallyport.kill_switch.set.v2', { scope, on, reason: null }, time)

export const removeUpstream = (name: string) => command('sallyport.upstream.removed.v1', { name })

export const addUpstream = (name: string, id?: string) =>
  command('sallyport.upstream.added.v1', {
    ...(id === undefined ? {} : { id }),
    name,
    connector: 'mcp',
    target: { kind: 'http', url: 'http://127.0.0.1:3001/mcp' },
    credential: null,
  })
