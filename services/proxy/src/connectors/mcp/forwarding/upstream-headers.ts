import { isInitialize, type McpCall } from '../message/call.ts'
import { isStatelessVersion } from '../message/protocol-versions.ts'
import { type MirroredFields, mirroredHeaders } from '../stateless/mirrored-headers.ts'
import type { ParamHeader } from '../stateless/param-headers.ts'

/** The headers of the agent's that reach the upstream, as they came. */
export interface PassedHeaders {
  /**
   * The revision that a header names. It is not made up when it is missing: servers treat such clients as older ones.
   */
  readonly protocolVersion: string | null
  /** The header fields that repeat the body; null when the agent's transport has no fields. */
  readonly mirrored: MirroredFields | null
  readonly accept: string | undefined
  readonly lastEventId: string | undefined
  readonly traceparent: string | undefined
  /** Whether the address that the agent asked at ends in a slash, so that relative references lead behind it. */
  readonly folder?: boolean
}

const USER_AGENT = 'sallyport/0.1.0'
/** RFC 9110, section 7.6.3. The API of a Sallyport takes no vote from what came this way. */
const VIA = '1.1 sallyport'
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The text of a call that goes upstream, and the arguments that its tool wants mirrored. */
export interface Outgoing {
  readonly text: string | null
  readonly declared: readonly ParamHeader[]
}

/**
 * Names and values in turn. Of the agent's own fields those pass that the upstream is registered to get, and nothing
 * else, its own Authorization least of all.
 */
export function upstreamHeaders(
  call: McpCall,
  passed: PassedHeaders,
  credential: string | null,
  outgoing: Outgoing,
): string[] {
  // Answers are read on their way, so they come as they are.
  const headers = ['user-agent', USER_AGENT, 'via', VIA, 'accept-encoding', 'identity']
  if (outgoing.text !== null) headers.push('content-type', 'application/json')
  if (passed.accept !== undefined) headers.push('accept', passed.accept)
  headers.push(...revisionHeaders(call, passed, outgoing))
  if (call.session?.endpoint === null) headers.push('mcp-session-id', call.session.upstreamId)
  if (passed.lastEventId !== undefined) headers.push('last-event-id', passed.lastEventId)
  if (passed.traceparent !== undefined && TRACEPARENT.test(passed.traceparent))
    headers.push('traceparent', passed.traceparent)
  if (credential !== null) headers.push('authorization', credential)
  for (const [name, value] of call.agentAuthorization?.headers ?? []) headers.push(name, value)
  return headers
}

function revisionHeaders(
  call: McpCall,
  { protocolVersion }: PassedHeaders,
  { text, declared }: Outgoing,
): string[] {
  const { era, message } = call
  if (era === 'handshake') {
    // A handshake names its revision in the body. Whether a header may speak of one to come is for the server to say.
    const passes = protocolVersion !== null && (!isInitialize(call) || isRevisionToCome(protocolVersion))
    return passes ? ['mcp-protocol-version', protocolVersion] : []
  }
  if (message === null || message.kind === 'response') return []
  return mirroredHeaders(message, call.protocolVersion ?? '', declared, text ?? '')
}

const REVISION = /^\d{4}-\d{2}-\d{2}$/

function isRevisionToCome(version: string): boolean {
  return REVISION.test(version) && isStatelessVersion(version)
}
