import type { Upstream } from '@sallyport/control'
import {
  type DecodeOptions,
  decodeMessage,
  exactly,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Message,
  NotJsonRpc,
  sortedText,
} from '@sallyport/jsonrpc'
import {
  lessSpecificOf,
  riskOf,
  SESSION_DELETE_ACTION,
  STREAM_OPEN_ACTION,
  UNKNOWN_ACTION,
} from '@sallyport/policy'
import type { AdmittedGateway, Client } from '../../../domain/action.ts'
import type { AgentAuthorization } from '../../../domain/agent-authorization.ts'
import { ActionUnnameable } from '../../../domain/faults.ts'
import { cut } from '../../../domain/recorded-text.ts'
import type { Session } from '../session/session.ts'
import type { McpCall } from './call.ts'
import { claimedVersion, type Era, envelopeClient, eraOf } from './envelope.ts'
import { contentOf } from './message-content.ts'
import { type CallName, nameCall } from './name-call.ts'
import { isKnownVersion } from './protocol-versions.ts'
import { revisionText } from './revision-text.ts'
import { transportOf } from './transport.ts'

/** The facts of an exchange that are known before its body is read. */
export interface Arrival {
  readonly actionId: string
  readonly gateway: AdmittedGateway
  readonly upstream: Upstream
  readonly agentAuthorization: AgentAuthorization | null
  readonly session: Session | null
  /** The revision that a header names, as it came. Null without such a header, and on transports without headers. */
  readonly versionHeader: string | null
  readonly arrivedAt: number
}

/**
 * Reads a POST body. Throws the errors of the strict decoder, and ActionUnnameable; JSON that is not JSON-RPC, and
 * that nobody could take for it, is a call of the kind `unknown`.
 */
export function readCall(arrival: Arrival, body: Buffer, limits: DecodeOptions): McpCall {
  let message: Message
  try {
    message = decodeMessage(body, { ...limits, allowBatch: false })
  } catch (refusal) {
    if (refusal instanceof NotJsonRpc && !refusal.resemblesMessage) return unknownCall(arrival, refusal, body)
    throw refusal
  }
  const name = nameCall(message)
  if (name === undefined) throw new ActionUnnameable()
  const params = message.kind === 'response' ? null : (message.params ?? null)
  const { session, versionHeader } = arrival
  const era = eraOf(message, versionHeader)
  return {
    ...arrival,
    ...name,
    ...judgedAs(arrival, name),
    kind: message.kind,
    era,
    message,
    id: message.kind === 'request' ? message.id : null,
    ...contentOf(message, arrival.upstream),
    argumentsUnread: null,
    canonical: message.canonical,
    protocolVersion:
      requestedVersion(message, era) ?? namedVersion(versionHeader) ?? session?.protocolVersion ?? null,
    client: era === 'stateless' ? envelopeClient(message) : (session?.client ?? clientInfo(message)),
    progressToken: progressToken(params),
    requestBytes: body.length,
  }
}

/** The GET that opens the server's stream. */
export function streamCall(arrival: Arrival): McpCall {
  return { ...arrival, ...bodiless(arrival, STREAM_OPEN_ACTION), kind: 'stream', method: 'GET' }
}

/** The DELETE that ends a session. */
export function sessionEndCall(arrival: Arrival): McpCall {
  return { ...arrival, ...bodiless(arrival, SESSION_DELETE_ACTION), kind: 'session_end', method: 'DELETE' }
}

/** A body that is refused, for the record: nothing of it but its size. */
export function unreadableCall(arrival: Arrival, requestBytes: number): McpCall {
  return { ...arrival, ...bodiless(arrival, UNKNOWN_ACTION), kind: 'unknown', method: null, requestBytes }
}

function unknownCall(arrival: Arrival, { value, canonical, rounded }: NotJsonRpc, body: Buffer): McpCall {
  return {
    ...unreadableCall(arrival, body.length),
    params: exactly({ value, canonical, rounded }),
    argumentsText: sortedText(canonical),
    canonical,
  }
}

function bodiless(arrival: Arrival, action: string) {
  const { session, versionHeader } = arrival
  return {
    ...judgedAs(arrival, { action, recordedAction: action }),
    era: eraOf(null, versionHeader),
    message: null,
    tool: null,
    subject: null,
    id: null,
    params: null,
    meta: null,
    boundMeta: null,
    argumentsText: null,
    argumentsUnread: null,
    canonical: '',
    protocolVersion: namedVersion(versionHeader) ?? session?.protocolVersion ?? null,
    client: session?.client ?? null,
    progressToken: null,
    requestBytes: 0,
  }
}

/** The facts of the action that the decision service gets beside its content. */
function judgedAs(arrival: Arrival, { action, recordedAction }: Pick<CallName, 'action' | 'recordedAction'>) {
  return {
    action,
    recordedAction,
    lessSpecific: lessSpecificOf(action),
    risk: riskOf(action),
    transport: transportOf(arrival),
  }
}

function clientInfo(message: Message): Client | null {
  const info = initializeParams(message)?.['clientInfo']
  if (!isJsonObject(info)) return null
  const { name, version } = info
  // Only texts are taken over: an object here may have a toString of the agent's making.
  return { name: textOf(name), version: textOf(version) }
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? cut(value) : ''
}

/** The revision in a body: a handshake asks for one, a stateless message claims one. */
function requestedVersion(message: Message, era: Era): string | null {
  const version =
    era === 'stateless' ? claimedVersion(message) : initializeParams(message)?.['protocolVersion']
  return revisionText(version)
}

function namedVersion(header: string | null): string | null {
  return header !== null && isKnownVersion(header) ? header : null
}

function initializeParams(message: Message): JsonObject | undefined {
  if (message.kind !== 'request' || message.method !== 'initialize') return undefined
  return isJsonObject(message.params as JsonValue | undefined) ? (message.params as JsonObject) : undefined
}

function progressToken(params: JsonValue): string | number | null {
  const meta = isJsonObject(params) ? params['_meta'] : undefined
  const token = isJsonObject(meta) ? meta['progressToken'] : undefined
  return typeof token === 'string' || Number.isSafeInteger(token) ? (token as string | number) : null
}
