import { type Call, isInitialize } from './call.ts'

/** The headers of the agent's that reach the upstream, as they came. */
export interface PassedHeaders {
  /** A revision this proxy speaks. Not made up where the agent sent none: servers treat those as older clients. */
  readonly protocolVersion: string | null
  readonly accept: string | undefined
  readonly lastEventId: string | undefined
  readonly traceparent: string | undefined
}

const USER_AGENT = 'sallyport/0.1.0'
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** Names and values in turn. Nothing else of the agent's is passed on, its own Authorization least of all. */
export function upstreamHeaders(call: Call, passed: PassedHeaders, credential: string | null): string[] {
  // Answers are read on their way, so they come as they are.
  const headers = ['user-agent', USER_AGENT, 'accept-encoding', 'identity']
  if (call.canonical !== '') headers.push('content-type', 'application/json')
  if (passed.accept !== undefined) headers.push('accept', passed.accept)
  if (passed.protocolVersion !== null && !isInitialize(call))
    headers.push('mcp-protocol-version', passed.protocolVersion)
  if (call.session?.endpoint === null) headers.push('mcp-session-id', call.session.upstreamId)
  if (passed.lastEventId !== undefined) headers.push('last-event-id', passed.lastEventId)
  if (passed.traceparent !== undefined && TRACEPARENT.test(passed.traceparent))
    headers.push('traceparent', passed.traceparent)
  if (credential !== null) headers.push('authorization', credential)
  return headers
}
