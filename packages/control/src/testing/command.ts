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
  command('sallyport.token.issued.v1', { id: `id-${name}`, name, scope, tokenHash: hashOf(digit) })

export const revokeToken = (name: string) => command('sallyport.token.revoked.v1', { name })

export const setPermission = (
  id: string,
  decision: Decision,
  extra: Command & {
    action?: string
    connector?: string
    gatewayId?: string | null
    upstream?: { id: string | null; name: string } | null
  } = {},
) =>
  command('sallyport.permission.set.v3', {
    id,
    gateway: 'code-agent',
    gatewayId: null,
    upstream: null,
    connector: 'mcp',
    action: 'mcp.tools.read_*',
    decision,
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
