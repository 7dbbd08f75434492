import type { IncomingHttpHeaders } from 'node:http'

const ALLOW = /^[A-Z]+(?:, ?[A-Z]+)*$/
const SECONDS = /^\d{1,9}$/

/**
 * The headers of an HTTP error that clients act on: what to send instead (RFC 9110, 15.5.6) and when to come back
 * (10.2.3). Nothing else of an upstream's header fields reaches the agent.
 */
export function adviceOf(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const { allow, 'retry-after': retryAfter } = headers
  return {
    ...(allow !== undefined && ALLOW.test(allow) ? { allow } : {}),
    ...(retryAfter !== undefined && SECONDS.test(retryAfter) ? { 'retry-after': retryAfter } : {}),
  }
}
