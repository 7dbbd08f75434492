import {
  type DecisionInput,
  type InputArguments,
  JUDGES,
  type Judge,
  type Need,
  type Outcome,
  type Risk,
  UNREAD_ARGUMENTS,
  type UsedTool,
  type Verdict,
} from '@sallyport/policy'
import { unreadable } from './faults.ts'
import { ArgumentsLeftOut } from './gen/sallyport/decision/v1/ArgumentsLeftOut.ts'
import type {
  DecisionInput as WireInput,
  DecisionInput__Output as WireInputRead,
} from './gen/sallyport/decision/v1/DecisionInput.ts'
import { Need as WireNeed } from './gen/sallyport/decision/v1/Need.ts'
import { Outcome as WireOutcome } from './gen/sallyport/decision/v1/Outcome.ts'
import { Risk as WireRisk } from './gen/sallyport/decision/v1/Risk.ts'
import type { UsedTool__Output as WireToolRead } from './gen/sallyport/decision/v1/UsedTool.ts'
import type {
  Verdict as WireVerdict,
  Verdict__Output as WireVerdictRead,
} from './gen/sallyport/decision/v1/Verdict.ts'
import {
  approverByToken,
  fromWireApprover,
  fromWireTerms,
  toWireApprover,
  toWireTerms,
} from './terms-wire.ts'

type LeftOut = Extract<InputArguments, { readonly text: null }>['why']

const OUTCOMES = {
  allow: WireOutcome.OUTCOME_ALLOW,
  deny: WireOutcome.OUTCOME_DENY,
  hold: WireOutcome.OUTCOME_HOLD,
} as const satisfies Record<Outcome, number>
const RISKS = {
  low: WireRisk.RISK_LOW,
  medium: WireRisk.RISK_MEDIUM,
  high: WireRisk.RISK_HIGH,
} as const satisfies Record<Risk, number>
const NEEDS = {
  arguments: WireNeed.NEED_ARGUMENTS,
  listing: WireNeed.NEED_LISTING,
} as const satisfies Record<Need, number>
const LEFT_OUT = {
  none: ArgumentsLeftOut.ARGUMENTS_LEFT_OUT_NONE,
  unread: ArgumentsLeftOut.ARGUMENTS_LEFT_OUT_UNREAD,
  too_large: ArgumentsLeftOut.ARGUMENTS_LEFT_OUT_TOO_LARGE,
  not_json: ArgumentsLeftOut.ARGUMENTS_LEFT_OUT_NOT_JSON,
} as const satisfies Record<LeftOut, number>

const OUTCOME_OF = byNumber(OUTCOMES)
const RISK_OF = byNumber(RISKS)
const NEED_OF = byNumber(NEEDS)
const LEFT_OUT_OF = byNumber(LEFT_OUT)
const TOOL_KINDS: ReadonlySet<string> = new Set<UsedTool['kind']>(['tool', 'prompt', 'resource', 'template'])

export function toWireInput(input: DecisionInput): WireInput {
  const given = input.arguments
  return {
    tenant: input.tenant,
    gatewayId: input.gatewayId,
    gateway: input.gateway,
    gatewayCredential: input.gatewayCredential ?? '',
    connector: input.connector,
    upstream: input.upstream,
    upstreamDigest: input.upstreamDigest ?? '',
    action: input.action,
    lessSpecific: [...input.lessSpecific],
    risk: RISKS[input.risk],
    ...(given.text === null ? { argumentsLeftOut: LEFT_OUT[given.why] } : { argumentsText: given.text }),
    tool: input.tool && { ...input.tool, definition: input.tool.definition ?? '' },
    session: input.session ?? '',
    client: input.client,
    revision: input.revision ?? '',
    transport: input.transport,
    findings: input.findings.map((finding) => ({ ...finding, severity: RISKS[finding.severity] })),
    time: input.time,
    controlOffset: input.controlOffset,
    // An instance of an earlier release looks at this one alone.
    approvedBy: input.approvers.length === 0 ? '' : (input.approvers.at(-1)?.tokenId ?? 'unknown'),
    approvers: input.approvers.map(toWireApprover),
    recordedAction: input.recordedAction === input.action ? '' : input.recordedAction,
  }
}

/** Undefined where it lacks what must be there, or says what nobody knows: it cannot be judged. */
export function fromWireInput(wire: WireInputRead): DecisionInput | undefined {
  const risk = RISK_OF.get(wire.risk)
  const tool = toolOf(wire.tool)
  if (risk === undefined || tool === undefined || !wire.gatewayId || !wire.upstream || !wire.action)
    return undefined
  return {
    tenant: wire.tenant,
    gatewayId: wire.gatewayId,
    gateway: wire.gateway,
    gatewayCredential: wire.gatewayCredential || null,
    connector: wire.connector,
    upstream: wire.upstream,
    upstreamDigest: wire.upstreamDigest || null,
    action: wire.action,
    lessSpecific: wire.lessSpecific,
    risk,
    arguments: argumentsOf(wire),
    tool,
    session: wire.session || null,
    client: wire.client,
    revision: wire.revision || null,
    transport: wire.transport,
    // A severity that is not known counts as the gravest.
    findings: wire.findings.map((finding) => ({
      ...finding,
      severity: RISK_OF.get(finding.severity) ?? 'high',
    })),
    time: wire.time,
    controlOffset: wire.controlOffset,
    approvers: approversOf(wire),
    recordedAction: wire.recordedAction || wire.action,
  }
}

function approversOf({ approvers, approvedBy }: WireInputRead): DecisionInput['approvers'] {
  if (approvers.length > 0) return approvers.map(fromWireApprover)
  return approvedBy ? [approverByToken(approvedBy)] : []
}

function argumentsOf({ argumentsText, argumentsLeftOut }: WireInputRead): InputArguments {
  if (argumentsText !== undefined) return { text: argumentsText }
  const why = argumentsLeftOut === undefined ? undefined : LEFT_OUT_OF.get(argumentsLeftOut)
  return why === undefined ? UNREAD_ARGUMENTS : { text: null, why }
}

function toolOf(wire: WireToolRead | null): UsedTool | null | undefined {
  if (wire === null) return null
  const { kind, key, definition, listed } = wire
  return isToolKind(kind) && key ? { kind, key, definition: definition || null, listed } : undefined
}

function isToolKind(text: string): text is UsedTool['kind'] {
  return TOOL_KINDS.has(text)
}

export function toWireVerdict(verdict: Verdict): WireVerdict {
  const { outcome, by, rule, reasons, risk, policyVersion, fault, needs, catalog, controlOffset } = verdict
  const terms = outcome === 'hold' ? verdict.terms : undefined
  return {
    outcome: terms === undefined ? OUTCOMES[outcome] : WireOutcome.OUTCOME_HOLD_BY_TERMS,
    terms: terms ? toWireTerms(terms) : null,
    by,
    rule,
    reasons: [...reasons],
    risk: RISKS[risk],
    policyVersion,
    fault: fault ?? '',
    needs: needs === null ? WireNeed.NEED_NONE : NEEDS[needs],
    readsArguments: verdict.readsArguments,
    catalogStatus: catalog?.status ?? '',
    catalogMode: catalog?.mode ?? '',
    controlOffset,
  }
}

/** An answer that lacks outcome, risk, rule or policy version is not a verdict. */
export function fromWireVerdict(wire: WireVerdictRead): Verdict {
  const byTerms = wire.outcome === WireOutcome.OUTCOME_HOLD_BY_TERMS
  const outcome = byTerms ? 'hold' : OUTCOME_OF.get(wire.outcome)
  const terms = byTerms && wire.terms !== null ? fromWireTerms(wire.terms) : undefined
  if (byTerms && terms === undefined) return unreadable()
  const risk = RISK_OF.get(wire.risk)
  const needs = wire.needs === WireNeed.NEED_NONE ? null : NEED_OF.get(wire.needs)
  if (outcome === undefined || risk === undefined || !wire.rule || !wire.policyVersion || !isJudge(wire.by))
    return unreadable()
  // A need that this release does not know leaves the denial that it is.
  if (outcome !== 'deny' && (wire.fault || needs !== null)) return unreadable()
  const { rule, reasons, policyVersion, catalogStatus: status, catalogMode: mode, controlOffset } = wire
  return {
    outcome,
    by: wire.by,
    rule,
    reasons,
    ...(terms && { terms }),
    risk,
    policyVersion,
    fault: wire.fault || null,
    needs: needs ?? null,
    readsArguments: wire.readsArguments,
    catalog: status && mode ? { status, mode } : null,
    controlOffset,
  }
}

const KNOWN_JUDGES: ReadonlySet<string> = new Set(JUDGES)

function isJudge(text: string): text is Judge {
  return KNOWN_JUDGES.has(text)
}

function byNumber<Word extends string>(numbers: Readonly<Record<Word, number>>): ReadonlyMap<number, Word> {
  return new Map(Object.entries<number>(numbers).map(([word, number]) => [number, word as Word]))
}
