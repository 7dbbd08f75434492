import type { FastifyRequest } from 'fastify'
import { IdentityRepeated } from '../authorization/errors.ts'
import { GATEWAY_HEADER } from '../authorization/identify.ts'

/** A header that identifies the caller must not come twice: the next reader might use the other one. */
const ONCE = ['authorization', GATEWAY_HEADER, 'host', 'origin'] as const

export interface CallerHeaders {
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly authorization: string | undefined
  readonly gatewayHeader: string | undefined
}

/** The header fields that admission looks at. Throws IdentityRepeated. */
export function callerHeadersOf(request: FastifyRequest): CallerHeaders {
  const { headers, raw } = request
  for (const name of ONCE) if (isRepeated(raw.rawHeaders, name)) throw new IdentityRepeated()
  const { host, origin, authorization, [GATEWAY_HEADER]: gatewayHeader } = headers
  return {
    host,
    origin,
    authorization,
    gatewayHeader: Array.isArray(gatewayHeader) ? gatewayHeader.join(', ') : gatewayHeader,
  }
}

/** Node keeps the first of some fields and joins others: only the raw ones tell. */
function isRepeated(rawHeaders: readonly string[], name: string): boolean {
  let seen = false
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const field = rawHeaders[at]
    if (field?.length !== name.length || field.toLowerCase() !== name) continue
    if (seen) return true
    seen = true
  }
  return false
}
