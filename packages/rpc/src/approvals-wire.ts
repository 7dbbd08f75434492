import { APPROVAL_STATUSES } from '@sallyport/approval'
import type { ApprovalState, ApprovalStatus, ClaimResult, RequestApproval } from './approvals.ts'
import type { Risk } from './decision.ts'
import { AnswerUnreadable, RequestUnreadable } from './errors.ts'

/** `sallyport.approvals.v1.ApprovalState`; an absent text is empty. */
export interface WireApprovalState {
  readonly approvalId: string
  readonly callDigest: string
  readonly status: string
  readonly answeredBy: string
  readonly answerReason: string
  readonly expiresAt: string
  readonly usableUntil: string
  readonly attached: boolean
}

/** `sallyport.approvals.v1.RequestApprovalRequest`. */
export interface WireRequestApproval {
  readonly binding: {
    readonly tenant: string
    readonly gatewayId: string
    readonly upstream: string
    readonly upstreamDigest: string
    readonly action: string
    readonly argsDigest: string
    readonly toolDigest: string
    readonly policyVersion: string
  } | null
  readonly actionId: string
  readonly gateway: string
  readonly connector: string
  readonly tool: string
  readonly risk: string
  readonly rule: string
  readonly reasons: readonly string[]
  readonly argumentsJson: string
  readonly clientName: string
  readonly clientVersion: string
}

export interface WireClaimResult {
  readonly claimed: boolean
  readonly reason: string
  readonly state: WireApprovalState | null
}

const STATUSES: ReadonlySet<string> = new Set(APPROVAL_STATUSES)
const RISKS: ReadonlySet<string> = new Set<Risk>(['low', 'medium', 'high'])

export function toWireState(state: ApprovalState): WireApprovalState {
  return {
    ...state,
    answeredBy: state.answeredBy ?? '',
    answerReason: state.answerReason ?? '',
    usableUntil: state.usableUntil ?? '',
  }
}

/** Throws `AnswerUnreadable` where the message is not a state. */
export function fromWireState(wire: WireApprovalState): ApprovalState {
  if (!isStatus(wire.status) || !wire.approvalId || !wire.callDigest) throw new AnswerUnreadable()
  return {
    approvalId: wire.approvalId,
    callDigest: wire.callDigest,
    status: wire.status,
    answeredBy: wire.answeredBy || null,
    answerReason: wire.answerReason || null,
    expiresAt: wire.expiresAt,
    usableUntil: wire.usableUntil || null,
    attached: wire.attached,
  }
}

export function toWireRequest(request: RequestApproval): WireRequestApproval {
  const { binding, client, arguments: given, ...facts } = request
  return {
    ...facts,
    binding: {
      ...binding,
      upstreamDigest: binding.upstreamDigest,
      argsDigest: binding.argsDigest ?? '',
      toolDigest: binding.toolDigest ?? '',
    },
    tool: request.tool ?? '',
    argumentsJson: JSON.stringify(given ?? null),
    clientName: client?.name ?? '',
    clientVersion: client?.version ?? '',
  }
}

/** Throws `RequestUnreadable` for a request without binding, risk or readable arguments. */
export function fromWireRequest(wire: WireRequestApproval): RequestApproval {
  const { binding, risk } = wire
  if (!binding || !isRisk(risk)) throw new RequestUnreadable()
  return {
    binding: {
      ...binding,
      argsDigest: binding.argsDigest || null,
      toolDigest: binding.toolDigest || null,
    },
    actionId: wire.actionId,
    gateway: wire.gateway,
    connector: wire.connector,
    tool: wire.tool || null,
    risk,
    rule: wire.rule,
    reasons: wire.reasons,
    arguments: parse(wire.argumentsJson),
    client:
      wire.clientName || wire.clientVersion ? { name: wire.clientName, version: wire.clientVersion } : null,
  }
}

export function toWireClaim(result: ClaimResult): WireClaimResult {
  const state = result.state && toWireState(result.state)
  return { claimed: result.claimed, reason: result.claimed ? '' : result.reason, state }
}

export function fromWireClaim(wire: WireClaimResult): ClaimResult {
  const state = wire.state && fromWireState(wire.state)
  if (!wire.claimed) return { claimed: false, reason: wire.reason, state }
  if (!state) throw new AnswerUnreadable()
  return { claimed: true, state }
}

function isStatus(text: string): text is ApprovalStatus {
  return STATUSES.has(text)
}

function isRisk(text: string): text is Risk {
  return RISKS.has(text)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new RequestUnreadable({ cause })
  }
}
