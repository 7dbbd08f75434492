import { callDigest } from '@sallyport/approval'
import { type AnyNewEvent, type DataOf, type EventType, newEvent } from '@sallyport/events'

const DANA = { type: 'person', name: 'dana' } as const
const TOKEN_HASH = 'e'.repeat(64)

/** A command of dana's, with what the test wants of it. */
export function command<T extends EventType>(
  type: T,
  at: Date,
  data: Omit<DataOf<T>, 'actor' | 'idempotencyKey'>,
): AnyNewEvent {
  const full = { actor: DANA, idempotencyKey: null, ...data } as unknown as DataOf<T>
  return newEvent(
    { type, source: '/decision', subject: type, tenant: 'default', key: 'default', data: full },
    at,
  )
}

export function gatewayAdded(at: Date, name: string): AnyNewEvent {
  return command('sallyport.gateway.added.v1', at, { id: `gw-${name}`, name, tokenHash: TOKEN_HASH })
}

const binding = {
  tenant: 'default',
  gatewayId: 'gw-1',
  upstream: 'files',
  upstreamDigest: 'd'.repeat(64),
  action: 'mcp.tools.create_issue',
  argsDigest: null,
  toolDigest: null,
  policyVersion: 'p-1',
}
type Binding = typeof binding

/** The events of an approval, of a call of its own. */
export function approvalEvents(approvalId: string) {
  const own: Binding = { ...binding, action: `mcp.tools.${approvalId}` }
  const digest = callDigest(own)
  const ref = { approvalId, callDigest: digest }
  const event = <T extends EventType>(type: T, at: Date, data: DataOf<T>) =>
    newEvent({ type, source: '/approvals', subject: approvalId, tenant: 'default', key: digest, data }, at)
  const ask = (at: Date, asked: string, actionId: string, expiresAt: Date) =>
    event('sallyport.approval.requested.v2', at, {
      approvalId: asked,
      callDigest: digest,
      binding: own,
      actionId,
      gateway: { id: 'gw-1', name: 'code-agent' },
      connector: 'mcp',
      tool: 'create_issue',
      risk: 'medium',
      rule: 'permission mcp.tools.create_*',
      reasons: ['needs a "person"'],
      arguments: { title: 'x'.repeat(1000) },
      client: null,
      expiresAt: expiresAt.toISOString(),
      usableForMs: 600_000,
      stages: [{ need: 1, of: [{ kind: 'anyone', name: 'anyone', id: null }] }],
      fallback: [],
      remindAt: null,
      escalateAt: null,
      excluded: [],
    })
  return {
    requested: (at: Date, actionId: string, expiresAt: Date) => ask(at, approvalId, actionId, expiresAt),
    /** The same call, made again: it asks under an id of its own. */
    requestedAgain: (at: Date, actionId: string) => ask(at, `${approvalId}-again`, actionId, at),
    voted: (at: Date, vote: 'approve' | 'deny', name: string, reason: string | null = null) =>
      event('sallyport.approval.voted.v2', at, {
        ...ref,
        vote,
        actor: { type: 'person', name },
        voter: {
          id: name,
          tokenId: 'token-1',
          personId: null,
          botId: null,
          roles: ['approver'],
          groups: [],
          advisory: false,
        },
        reason,
        idempotencyKey: null,
      }),
    claimed: (at: Date, actionId: string) =>
      event('sallyport.approval.claimed.v1', at, { ...ref, actionId, claimant: 'proxy/1' }),
    cancelled: (at: Date, reason: string) =>
      event('sallyport.approval.cancelled.v1', at, {
        ...ref,
        actor: { type: 'system', name: 'proxy' },
        reason,
      }),
  }
}
