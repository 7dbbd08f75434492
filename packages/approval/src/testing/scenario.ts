import type { DataOf, EventType, SallyportEvent } from '@sallyport/events'
import type { Actor, ApprovalEvent, Vote } from '../approval.ts'
import { type CallBinding, callDigest } from '../call-digest.ts'
import { type ApprovalOutcome, evolve } from '../evolve.ts'
import { type ApprovalsState, initialState, type Retention } from '../state.ts'

/** Minutes of the story the tests tell; 0 is when the first call is made. */
export const at = (minute: number): string =>
  new Date(Date.UTC(2026, 10, 21, 9) + minute * 60_000).toISOString()

export const EXPIRES_MIN = 15
export const USABLE_MIN = 10
export const dana: Actor = { type: 'person', name: 'dana' }
export const omar: Actor = { type: 'person', name: 'omar' }
export const proxy: Actor = { type: 'system', name: 'proxy' }

export function binding(args: string, overrides: Partial<CallBinding> = {}): CallBinding {
  return {
    tenant: 'default',
    gatewayId: 'gw-1',
    upstream: 'files',
    upstreamDigest: 'd'.repeat(64),
    action: 'mcp.tools.create_issue',
    argsDigest: args.repeat(64),
    toolDigest: null,
    policyVersion: 'p-1',
    ...overrides,
  }
}

/** The digest of the call whose arguments are `args` (one hex digit). */
export const call = (args: string): string => callDigest(binding(args))

export function event<T extends EventType>(type: T, time: string, data: DataOf<T>): ApprovalEvent {
  const { approvalId, callDigest: key } = data as ApprovalEvent['data']
  return {
    id: `${type}/${time}/${approvalId}`,
    type,
    source: '/approvals',
    subject: approvalId,
    time,
    tenant: 'default',
    key,
    stamp: { producer: 'approvals/test', epoch: 1, seq: 0, prevHash: '0'.repeat(64) },
    data,
  } as unknown as SallyportEvent as ApprovalEvent
}

export function requested(approvalId: string, minute: number, args = 'a', actionId = `act-${approvalId}`) {
  return event('sallyport.approval.requested.v1', at(minute), {
    approvalId,
    callDigest: call(args),
    binding: binding(args),
    actionId,
    gateway: { id: 'gw-1', name: 'code-agent' },
    connector: 'mcp',
    tool: 'create_issue',
    risk: 'medium',
    rule: 'permission mcp.tools.create_*',
    reasons: ['needs a person'],
    arguments: { title: `issue ${args}` },
    client: null,
    expiresAt: at(minute + EXPIRES_MIN),
    usableForMs: USABLE_MIN * 60_000,
  })
}

export interface VoteOptions {
  readonly args?: string
  readonly actor?: Actor
  readonly vote?: Vote
  readonly key?: string | null
  readonly reason?: string | null
}

export function voted(approvalId: string, minute: number, options: VoteOptions = {}) {
  const { args = 'a', actor = dana, vote = 'approve', key = null, reason = null } = options
  return event('sallyport.approval.voted.v1', at(minute), {
    approvalId,
    callDigest: call(args),
    vote,
    actor,
    reason,
    idempotencyKey: key,
  })
}

export const expired = (approvalId: string, minute: number, args = 'a') =>
  event('sallyport.approval.expired.v1', at(minute), { approvalId, callDigest: call(args) })

export const cancelled = (approvalId: string, minute: number, args = 'a') =>
  event('sallyport.approval.cancelled.v1', at(minute), {
    approvalId,
    callDigest: call(args),
    actor: proxy,
    reason: 'policy changed',
  })

export const claimed = (approvalId: string, minute: number, actionId = 'act-1', args = 'a') =>
  event('sallyport.approval.claimed.v1', at(minute), {
    approvalId,
    callDigest: call(args),
    actionId,
    claimant: 'proxy/1',
  })

/** Folds events from nothing: the state after all of them and what came of each. */
export function fold(events: readonly ApprovalEvent[], retention?: Retention) {
  let state: ApprovalsState = initialState(retention)
  const outcomes: ApprovalOutcome[] = []
  for (const one of events) {
    const evolved = evolve(state, one)
    state = evolved.state
    outcomes.push(evolved.outcome)
  }
  return { state, outcomes, last: outcomes.at(-1) }
}
