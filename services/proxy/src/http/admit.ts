import type { ControlView, Gateway, Upstream } from '@sallyport/control'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type CallerRules, hostAdmitted, originAdmitted } from '../domain/callers.ts'
import { sendProblem } from './problem.ts'

/** Who calls, and which upstream they want. */
export interface Admission {
  readonly gateway: Gateway
  readonly upstream: Upstream
  /** On the monotonic clock, in milliseconds. */
  readonly arrivedAt: number
}

const BEARER = /^Bearer[ ]+(sp_gw_[A-Za-z0-9_-]{1,200})$/i

/**
 * Lets a request in before any of its body is read, or answers it with a problem. What is not let in is not an
 * action: there is no gateway to record it under.
 */
export function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  control: ControlView,
  rules: CallerRules,
): Admission | undefined {
  const arrivedAt = performance.now()
  const { host, origin, authorization } = request.headers
  if (!hostAdmitted(host, rules)) return refuse(reply, 403, 'SP_HOST_REFUSED', 'this Host is not let in')
  if (!originAdmitted(origin, rules))
    return refuse(reply, 403, 'SP_ORIGIN_REFUSED', 'this Origin is not let in')

  const token = BEARER.exec(authorization ?? '')?.[1]
  const gateway = token === undefined ? undefined : control.authenticateGateway(token)
  if (gateway === undefined) {
    // Without the control state nobody can be known, which is no fault of the caller's.
    if (control.fault() !== undefined)
      return refuse(reply, 503, 'SP_CONTROL_STALE', 'Sallyport cannot authenticate anybody now')
    reply.header('www-authenticate', 'Bearer realm="sallyport"')
    return refuse(reply, 401, 'SP_UNAUTHENTICATED', 'a valid gateway token is required as a bearer token')
  }
  const name = (request.params as { readonly upstream?: string }).upstream ?? ''
  const upstream = control.state().upstreams.get(name)
  if (upstream === undefined || upstream.connector !== 'mcp')
    return refuse(reply, 404, 'SP_UPSTREAM_UNKNOWN', 'no MCP upstream is registered under this name')
  return { gateway, upstream, arrivedAt }
}

function refuse(reply: FastifyReply, status: number, code: string, detail: string): undefined {
  void sendProblem(reply, status, code, detail)
  return undefined
}
