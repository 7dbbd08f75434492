import type { IncomingHttpHeaders } from 'node:http'
import { redirectTarget } from '../../../domain/redirect-target.ts'
import { UpstreamRedirected } from '../../../domain/upstream-faults.ts'
import { onlyHeader } from '../../../reaching/upstream-receiver.ts'
import type { McpCall } from '../message/call.ts'

/** The fault of an upstream that sends a call elsewhere; undefined where it does not. */
export function redirectOf(
  { upstream: { target }, session }: Pick<McpCall, 'upstream' | 'session'>,
  status: number,
  headers: IncomingHttpHeaders,
): UpstreamRedirected | undefined {
  if (status < 300 || status >= 400) return undefined
  const address = session?.endpoint ?? (target.kind === 'http' ? target.url : '')
  return new UpstreamRedirected(status, redirectTarget(onlyHeader(headers['location']), address))
}
