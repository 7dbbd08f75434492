import type { ControlView, Gateway, Upstream } from '@sallyport/control'
import type { SallyportError } from '@sallyport/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type CallerRules, hostAdmitted, originAdmitted } from '../domain/callers.ts'
import { ControlStale } from '../domain/faults.ts'
import type { OwnAuthorization } from '../domain/own-authorization.ts'
import { GatewayUnknown, HostRefused, OriginRefused, UpstreamUnknown } from './errors.ts'
import { sendProblem } from './problem.ts'

/** Who calls, and which upstream they want. */
export interface Admission {
  readonly gateway: Gateway
  readonly upstream: Upstream
  readonly own: OwnAuthorization | null
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
  if (!hostAdmitted(host, rules)) return refuse(reply, 403, new HostRefused())
  if (!originAdmitted(origin, rules)) return refuse(reply, 403, new OriginRefused())

  const token = BEARER.exec(authorization ?? '')?.[1]
  const gateway = token === undefined ? undefined : control.authenticateGateway(token)
  if (gateway === undefined) {
    // Without the control state nobody can be known, which is no fault of the caller's.
    if (control.fault() !== undefined) return refuse(reply, 503, new ControlStale())
    reply.header('www-authenticate', 'Bearer realm="sallyport"')
    return refuse(reply, 401, new GatewayUnknown())
  }
  const name = (request.params as { readonly upstream?: string }).upstream ?? ''
  const upstream = control.state().upstreams.get(name)
  if (upstream === undefined || upstream.connector !== 'mcp') return refuse(reply, 404, new UpstreamUnknown())
  return { gateway, upstream, own: null, arrivedAt }
}

function refuse(reply: FastifyReply, status: number, error: SallyportError): undefined {
  void sendProblem(reply, status, error)
  return undefined
}
