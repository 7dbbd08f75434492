import { APPROVAL_STATUSES } from '@sallyport/approval'
import { parseExactly } from '@sallyport/jsonrpc'
import { OUTCOMES, type Outcome, RISKS, type Risk } from '@sallyport/policy'
import type {
  ApprovalState,
  ApprovalStatus,
  Binding,
  Caller,
  ClaimApproval,
  ClaimResult,
  GrantUse,
  HeldEdit,
  RequestApproval,
  SoFar,
  UseGrant,
} from './approvals.ts'
import { AnswerUnreadable, RequestUnreadable } from './errors.ts'
import type {
  ApprovalState as WireState,
  ApprovalState__Output as WireStateRead,
} from './gen/sallyport/approvals/v1/ApprovalState.ts'
import type {
  Binding as WireBinding,
  Binding__Output as WireBindingRead,
} from './gen/sallyport/approvals/v1/Binding.ts'
import type {
  Caller as WireCaller,
  Caller__Output as WireCallerRead,
} from './gen/sallyport/approvals/v1/Caller.ts'
import type { ClaimApprovalRequest__Output as WireClaimRequest } from './gen/sallyport/approvals/v1/ClaimApprovalRequest.ts'
import type {
  ClaimApprovalResponse as WireClaim,
  ClaimApprovalResponse__Output as WireClaimRead,
} from './gen/sallyport/approvals/v1/ClaimApprovalResponse.ts'
import type {
  RequestApprovalRequest as WireRequest,
  RequestApprovalRequest__Output as WireRequestRead,
} from './gen/sallyport/approvals/v1/RequestApprovalRequest.ts'
import type {
  SoFar as WireSoFar,
  SoFar__Output as WireSoFarRead,
} from './gen/sallyport/approvals/v1/SoFar.ts'
import type {
  UseGrantRequest as WireUse,
  UseGrantRequest__Output as WireUseRead,
} from './gen/sallyport/approvals/v1/UseGrantRequest.ts'
import type {
  UseGrantResponse as WireUsed,
  UseGrantResponse__Output as WireUsedRead,
} from './gen/sallyport/approvals/v1/UseGrantResponse.ts'
import {
  approverByToken,
  fromWireApprover,
  fromWireTerms,
  toWireApprover,
  toWireTerms,
} from './terms-wire.ts'

const STATUSES: ReadonlySet<string> = new Set(APPROVAL_STATUSES)
const KNOWN_OUTCOMES: ReadonlySet<string> = new Set(OUTCOMES)
const KNOWN_RISKS: ReadonlySet<string> = new Set(RISKS)

export function toWireState({ grant, ...state }: ApprovalState): WireState {
  return {
    ...state,
    grantId: grant?.grantId ?? '',
    grantUntil: grant?.until ?? '',
    answeredBy: state.answeredBy ?? '',
    // A proxy of an earlier release looks at this one alone.
    answererId: state.approvers.at(-1)?.tokenId ?? '',
    approvers: state.approvers.map(toWireApprover),
    approverNames: [...state.approverNames],
    unanswerable: state.unanswerable ?? '',
    answerReason: state.answerReason ?? '',
    usableUntil: state.usableUntil ?? '',
    edit: state.edit && toWireEdit(state.edit),
  }
}

function toWireEdit({ digest, by, reason, sealedArguments }: HeldEdit): NonNullable<WireState['edit']> {
  return { digest, by, reason: reason ?? '', sealedArguments: sealedArguments ?? '' }
}

function fromWireEdit({ edit }: Pick<WireStateRead, 'edit'>): HeldEdit | null {
  if (edit === null) return null
  if (!edit.digest) throw new AnswerUnreadable()
  const { digest, by, reason, sealedArguments } = edit
  return { digest, by, reason: reason || null, sealedArguments: sealedArguments || null }
}

export function fromWireClaimRequest({ digest, ...claim }: WireClaimRequest): ClaimApproval {
  return { ...claim, ...(digest && { digest }) }
}

/** Throws `AnswerUnreadable` where the message is not a state. */
export function fromWireState(wire: WireStateRead): ApprovalState {
  if (!isStatus(wire.status) || !wire.approvalId || !wire.callDigest) throw new AnswerUnreadable()
  return {
    approvalId: wire.approvalId,
    callDigest: wire.callDigest,
    status: wire.status,
    answeredBy: wire.answeredBy || null,
    answerReason: wire.answerReason || null,
    approvers: approversOf(wire),
    approverNames: wire.approverNames,
    unanswerable: wire.unanswerable || null,
    expiresAt: wire.expiresAt,
    usableUntil: wire.usableUntil || null,
    attached: wire.attached,
    edit: fromWireEdit(wire),
    ...(wire.grantId && { grant: { grantId: wire.grantId, until: wire.grantUntil } }),
  }
}

/** An instance of an earlier release names one token, or none. */
function approversOf({ approvers, answererId, usableUntil }: WireStateRead): ApprovalState['approvers'] {
  if (approvers.length > 0) return approvers.map(fromWireApprover)
  return usableUntil ? [approverByToken(answererId || null)] : []
}

export function toWireRequest(request: RequestApproval): WireRequest {
  const {
    binding,
    client,
    arguments: given,
    terms,
    principal,
    soFar,
    caller,
    exceptGrants,
    ...facts
  } = request
  return {
    ...facts,
    reasons: [...request.reasons],
    binding: toWireBinding(binding),
    caller: caller ? toWireCaller(caller) : null,
    exceptGrants: [...(exceptGrants ?? [])],
    tool: request.tool ?? '',
    argumentsJson: JSON.stringify(given ?? null),
    clientName: client?.name ?? '',
    clientVersion: client?.version ?? '',
    terms: terms ? toWireTerms(terms) : null,
    principalIssuer: principal?.issuer ?? '',
    principalSubject: principal?.subject ?? '',
    soFar: soFar ? toWireSoFar(soFar) : null,
  }
}

/** Throws `RequestUnreadable` for a request without binding, risk or readable arguments, or with terms that are none. */
export function fromWireRequest(wire: WireRequestRead): RequestApproval {
  const { binding, risk } = wire
  if (!binding || !isRisk(risk)) throw new RequestUnreadable()
  const terms = wire.terms === null ? undefined : fromWireTerms(wire.terms)
  if (wire.terms !== null && terms === undefined) throw new RequestUnreadable()
  return {
    binding: fromWireBinding(binding),
    actionId: wire.actionId,
    gateway: wire.gateway,
    connector: wire.connector,
    tool: wire.tool || null,
    risk,
    rule: wire.rule,
    reasons: wire.reasons,
    arguments: parse(wire.argumentsJson),
    ...(wire.argumentsText && { argumentsText: wire.argumentsText }),
    ...(wire.meta && { meta: wire.meta }),
    ...(wire.sealedArguments && { sealedArguments: wire.sealedArguments }),
    ...(terms && { terms }),
    ...(wire.editable && { editable: true as const }),
    ...(wire.caller?.credential && { caller: fromWireCaller(wire.caller) }),
    ...(wire.exceptGrants.length > 0 && { exceptGrants: wire.exceptGrants }),
    ...(wire.principalIssuer &&
      wire.principalSubject && {
        principal: { issuer: wire.principalIssuer, subject: wire.principalSubject },
      }),
    ...(wire.soFar && { soFar: fromWireSoFar(wire.soFar) }),
    client:
      wire.clientName || wire.clientVersion ? { name: wire.clientName, version: wire.clientVersion } : null,
  }
}

function toWireSoFar({ actions, more }: SoFar): WireSoFar {
  return { actions: actions.map((one) => ({ ...one, outcome: one.outcome ?? '' })), more }
}

/** What cannot be read of it is left out: nothing is judged by it. */
function fromWireSoFar({ actions, more }: WireSoFarRead): SoFar {
  const read = actions.flatMap(({ verdict, outcome, ...one }) =>
    isOutcome(verdict) ? [{ ...one, verdict, outcome: outcome || null }] : [],
  )
  return { actions: read, more }
}

export function toWireClaim(result: ClaimResult): WireClaim {
  const state = result.state && toWireState(result.state)
  return { claimed: result.claimed, reason: result.claimed ? '' : result.reason, state }
}

export function fromWireClaim(wire: WireClaimRead): ClaimResult {
  const state = wire.state && fromWireState(wire.state)
  if (!wire.claimed) return { claimed: false, reason: wire.reason, state }
  if (!state) throw new AnswerUnreadable()
  return { claimed: true, state }
}

export function toWireUse({ binding, caller, reasons, ...use }: UseGrant): WireUse {
  return { ...use, reasons: [...reasons], binding: toWireBinding(binding), caller: toWireCaller(caller) }
}

/** Throws `RequestUnreadable` where it does not say which call it is for. */
export function fromWireUse(wire: WireUseRead): UseGrant {
  const { grantId, actionId, claimant, binding, caller, rule, reasons } = wire
  if (!grantId || !binding || !caller?.credential) throw new RequestUnreadable()
  const call = { binding: fromWireBinding(binding), caller: fromWireCaller(caller), rule, reasons }
  return { grantId, actionId, claimant, ...call }
}

export function toWireUsed(use: GrantUse): WireUsed {
  return { used: use.used, reason: use.used ? '' : use.reason }
}

export function fromWireUsed({ used, reason }: WireUsedRead): GrantUse {
  return used ? { used } : { used, reason }
}

function toWireBinding(binding: Binding): WireBinding {
  return { ...binding, argsDigest: binding.argsDigest ?? '', toolDigest: binding.toolDigest ?? '' }
}

function fromWireBinding(binding: WireBindingRead): Binding {
  return { ...binding, argsDigest: binding.argsDigest || null, toolDigest: binding.toolDigest || null }
}

function toWireCaller({ credential, session, principal }: Caller): WireCaller {
  return { credential, session: session ?? '', principal: principal ?? '' }
}

function fromWireCaller({ credential, session, principal }: WireCallerRead): Caller {
  return { credential, session: session || null, principal: principal || null }
}

function isStatus(text: string): text is ApprovalStatus {
  return STATUSES.has(text)
}

function isOutcome(text: string): text is Outcome {
  return KNOWN_OUTCOMES.has(text)
}

function isRisk(text: string): text is Risk {
  return KNOWN_RISKS.has(text)
}

function parse(text: string): unknown {
  try {
    return parseExactly(text)
  } catch (cause) {
    throw new RequestUnreadable({ cause })
  }
}
