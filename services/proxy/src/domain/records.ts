import { type AnyNewEvent, type DataOf, DEFAULT_TENANT, newEvent } from '@sallyport/events'
import type { Approver } from '@sallyport/policy'
import type { Action } from './action.ts'
import type { DroppedMessage } from './dropped-message.ts'
import { cut } from './recorded-text.ts'
import type { ActionVerdict } from './verdict.ts'

/** The arguments as they may be kept: redacted, with a keyed digest of the original. */
export interface Evidence {
  readonly arguments: unknown
  /** The JSON text of `arguments`, where JavaScript would write one of their numbers differently. */
  readonly argumentsText?: string
  /** What MCP's `_meta` says, redacted, as JSON text; null without it. */
  readonly meta: string | null
  readonly argsDigest: string | null
  readonly findings: DataOf<'sallyport.action.decided.v1'>['findings']
}

export type Completion = Pick<
  DataOf<'sallyport.action.completed.v1'>,
  'outcome' | 'httpStatus' | 'errorCode' | 'durationMs' | 'upstreamMs' | 'heldMs' | 'responseBytes'
> &
  PassedBodies

/** The facts about bodies that were passed on as they came, known once they were. */
export type PassedBodies = Partial<
  Pick<DataOf<'sallyport.action.completed.v1'>, 'requestBytes' | 'requestDigest' | 'responseDigest'>
>

export type AbortedEnd = Pick<DataOf<'sallyport.action.aborted.v1'>, 'stage' | 'reason' | 'durationMs'>

export interface Judgement {
  readonly verdict: ActionVerdict
  readonly phase: 'initial' | 'resumed'
  readonly toolDigest: string | null
  /** Milliseconds from the arrival, or from the answer of a person, to the verdict. */
  readonly decisionMs: number
}

export function decidedEvent(call: Action, evidence: Evidence, judgement: Judgement, at: Date): AnyNewEvent {
  const { verdict, phase, toolDigest, decisionMs } = judgement
  return newEvent(
    {
      type: 'sallyport.action.decided.v1',
      ...envelope(call),
      data: {
        ...facts(call, verdict),
        phase,
        fault: verdict.fault,
        method: call.method,
        tool: call.tool,
        requestId: call.id === null ? null : cut(JSON.stringify(call.id)),
        session: call.session?.label ?? null,
        protocolVersion: call.protocolVersion,
        client: call.client,
        argsDigest: evidence.argsDigest,
        toolDigest,
        ...recordedArguments(evidence),
        findings: evidence.findings,
        decisionMs,
        by: verdict.by,
        input: recordedInput(call, verdict),
        ...(verdict.edited && { editedBy: verdict.edited.by }),
      },
    },
    at,
  )
}

/** An agent repeats a denied action unchanged. */
export function repeatedEvent(
  call: Action,
  { argsDigest }: Pick<Evidence, 'argsDigest'>,
  verdict: ActionVerdict,
  repeated: { readonly times: number; readonly since: Date; readonly pauseMs: number },
  at: Date,
): AnyNewEvent {
  const { times, since, pauseMs } = repeated
  return newEvent(
    {
      type: 'sallyport.action.repeated.v1',
      ...envelope(call),
      data: { ...facts(call, verdict), argsDigest, times, since: since.toISOString(), pauseMs },
    },
    at,
  )
}

export function completedEvent(
  call: Action,
  verdict: ActionVerdict,
  completion: Completion,
  at: Date,
): AnyNewEvent {
  return newEvent(
    {
      type: 'sallyport.action.completed.v1',
      ...envelope(call),
      data: { ...facts(call, verdict), requestBytes: call.requestBytes, ...completion },
    },
    at,
  )
}

export function abortedEvent(call: Action, verdict: ActionVerdict, end: AbortedEnd, at: Date): AnyNewEvent {
  return newEvent(
    { type: 'sallyport.action.aborted.v1', ...envelope(call), data: { ...facts(call, verdict), ...end } },
    at,
  )
}

export function sessionOpenedEvent(
  call: Action,
  session: { readonly label: string | null; readonly protocolVersion: string | null },
  at: Date,
): AnyNewEvent {
  const { label, protocolVersion } = session
  return newEvent(
    {
      type: 'sallyport.session.opened.v1',
      ...envelope(call),
      data: { ...party(call), session: label, protocolVersion, client: call.client, actionId: call.actionId },
    },
    at,
  )
}

export function sessionClosedEvent(call: Action, reason: string, at: Date): AnyNewEvent {
  const { session, protocolVersion, client } = call
  return newEvent(
    {
      type: 'sallyport.session.closed.v1',
      ...envelope(call),
      data: { ...party(call), session: session?.label ?? null, protocolVersion, client, reason },
    },
    at,
  )
}

/** `messages`: how many this event stands for. */
export function messageDroppedEvent(
  { gateway, upstream, session }: DroppedFrom,
  dropped: DroppedMessage,
  messages: number,
  at: Date,
): AnyNewEvent {
  const { reason, rule, place } = dropped
  return newEvent(
    {
      type: 'sallyport.message.dropped.v1',
      source: '/proxy',
      subject: upstream,
      tenant: DEFAULT_TENANT,
      key: `${DEFAULT_TENANT}/${gateway.name}`,
      data: {
        gateway: { id: gateway.id, name: gateway.name },
        upstream,
        session,
        reason,
        rule: rule === null ? null : cut(rule),
        place: place === null ? null : cut(place),
        messages,
      },
    },
    at,
  )
}

/** Whose message it was, and the gateway that it would have reached. */
export interface DroppedFrom {
  readonly gateway: { readonly id: string; readonly name: string }
  readonly upstream: string
  /** As events call it. */
  readonly session: string | null
}

export function droppedFrom({ gateway, upstream, session }: Action): DroppedFrom {
  return { gateway, upstream: upstream.name, session: session?.label ?? null }
}

function envelope({ actionId, gateway }: Action) {
  return {
    source: '/proxy',
    subject: actionId,
    tenant: DEFAULT_TENANT,
    key: `${DEFAULT_TENANT}/${gateway.name}`,
  }
}

function party({ gateway, upstream }: Action) {
  return { gateway: { id: gateway.id, name: gateway.name }, upstream: upstream.name }
}

function facts(call: Action, verdict: ActionVerdict) {
  return {
    actionId: call.actionId,
    gateway: { id: call.gateway.id, name: call.gateway.name },
    connector: call.upstream.connector,
    upstream: call.upstream.name,
    action: call.recordedAction,
    risk: verdict.risk,
    verdict: verdict.outcome,
    rule: verdict.rule,
    reasons: [...verdict.reasons],
    policyVersion: verdict.policyVersion,
    approvalId: verdict.approvalId,
    ...(verdict.grantId !== undefined && { grantId: verdict.grantId }),
    answeredBy: verdict.answeredBy,
  }
}

/** The arguments as events have them. */
export function recordedArguments(evidence: Evidence) {
  const { argumentsText, meta } = evidence
  return {
    arguments: evidence.arguments,
    ...(argumentsText === undefined ? {} : { argumentsText }),
    ...(meta === null ? {} : { meta }),
  }
}

/** The part of a verdict's input that the rest of the event does not have. */
function recordedInput({ action, recordedAction, subject }: Action, { input, controlOffset }: ActionVerdict) {
  if (input === null) return null
  const { gatewayCredential, upstreamDigest, lessSpecific, tool, transport, time } = input
  return {
    gatewayCredential,
    upstreamDigest,
    lessSpecific: [...lessSpecific],
    ...(action === recordedAction || subject?.secret ? {} : { wholeAction: action }),
    argumentsSeen: input.arguments.text === null ? input.arguments.why : 'text',
    used: tool,
    transport,
    ...approversOf(input.approvers),
    at: new Date(time).toISOString(),
    controlOffset,
  }
}

function approversOf(approvers: readonly Approver[]) {
  const tokenId = approvers.at(-1)?.tokenId
  return {
    ...(tokenId && { approvedBy: tokenId }),
    ...(approvers.length > 0 && { approvers: approvers.map((one) => ({ ...one, as: { ...one.as } })) }),
  }
}
