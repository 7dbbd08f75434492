import { type Approval, isOpen } from './approval.ts'
import type { Grant } from './grants/grant.ts'
import { SharedValues } from './shared-values.ts'

/** How many approvals that have ended stay at hand for listing; audit keeps all of them. */
export interface Retention {
  readonly count: number
  readonly ageMs: number
  /** Their arguments together, as UTF-16 units of JSON. */
  readonly argumentUnits: number
}

export const DEFAULT_RETENTION: Retention = {
  count: 10_000,
  ageMs: 24 * 60 * 60 * 1000,
  argumentUnits: 32 * 1024 * 1024,
}

/**
 * What the approvals topic folds to. It has one owner: `evolve` changes the maps in place, and the state passed in
 * must not be used again. So an event costs the same however many approvals there are. The approvals in it are never
 * changed.
 */
export interface ApprovalsState {
  /** By id, in the order in which they were asked for. */
  readonly approvals: Map<string, Approval>
  /** The id of the open approval of each call digest; at most one. */
  readonly openByCall: Map<string, string>
  /** How many are open, by gateway id. */
  readonly openByGateway: Map<string, number>
  /** The sealed arguments of the open ones together, by gateway id, in UTF-16 units. */
  readonly sealedByGateway: Map<string, number>
  /** The ended ones in the order in which they ended, with the size of their arguments. */
  readonly ended: Map<string, number>
  endedUnits: number
  readonly shared: SharedValues
  /** By id: those that are open, and the last that have ended. */
  readonly grants: Map<string, Grant>
  /** The ids of the open ones, by gateway id. One whose time is over may still be among them. */
  readonly grantsByGateway: Map<string, Set<string>>
  readonly retention: Retention
}

export function initialState(retention: Retention = DEFAULT_RETENTION): ApprovalsState {
  return {
    approvals: new Map(),
    openByCall: new Map(),
    openByGateway: new Map(),
    sealedByGateway: new Map(),
    ended: new Map(),
    endedUnits: 0,
    shared: new SharedValues(),
    grants: new Map(),
    grantsByGateway: new Map(),
    retention,
  }
}

/** The open approval for a call, if there is one. */
export function openApproval(state: ApprovalsState, callDigest: string): Approval | undefined {
  const id = state.openByCall.get(callDigest)
  return id === undefined ? undefined : state.approvals.get(id)
}

/** Puts an approval in its new shape into the state. `now` is the time of the event that changed it. */
export function put(state: ApprovalsState, given: Approval, now: string): void {
  const before = state.approvals.get(given.approvalId)
  const approval = isOpen(given) ? given : withoutSealed(given)
  const { gatewayId } = approval.binding
  count(state.openByGateway, gatewayId, Number(isOpen(approval)) - Number(before ? isOpen(before) : false))
  count(state.sealedByGateway, gatewayId, sealedUnits(approval) - (before ? sealedUnits(before) : 0))
  state.approvals.set(approval.approvalId, approval)
  if (isOpen(approval)) {
    state.openByCall.set(approval.callDigest, approval.approvalId)
    return
  }
  if (state.openByCall.get(approval.callDigest) === approval.approvalId)
    state.openByCall.delete(approval.callDigest)
  if (!state.ended.has(approval.approvalId)) {
    const units = unitsOf(approval.arguments) + unitsOf(approval.sent?.arguments)
    state.ended.set(approval.approvalId, units)
    state.endedUnits += units
  }
  forget(state, Date.parse(now) - state.retention.ageMs)
}

function count(counts: Map<string, number>, gatewayId: string, change: number): void {
  if (change === 0) return
  const now = (counts.get(gatewayId) ?? 0) + change
  if (now > 0) counts.set(gatewayId, now)
  else counts.delete(gatewayId)
}

function unitsOf(given: unknown): number {
  return JSON.stringify(given)?.length ?? 0
}

function sealedUnits({ sealedArguments, sent }: Approval): number {
  return (sealedArguments?.length ?? 0) + (sent?.sealedArguments?.length ?? 0)
}

/** Nobody is to be shown them any more. */
function withoutSealed(approval: Approval): Approval {
  if (approval.sealedArguments === undefined) return approval
  const { sealedArguments: _, sent, ...rest } = approval
  if (sent === null) return { ...rest, sent }
  const { sealedArguments: __, ...recorded } = sent
  return { ...rest, sent: recorded }
}

function forget(state: ApprovalsState, before: number): void {
  const { count, argumentUnits } = state.retention
  for (const [id, units] of state.ended) {
    const endedAt = state.approvals.get(id)?.endedAt ?? null
    const old = endedAt !== null && Date.parse(endedAt) < before
    if (!old && state.ended.size <= count && state.endedUnits <= argumentUnits) return
    state.ended.delete(id)
    state.endedUnits -= units
    state.approvals.delete(id)
  }
}
