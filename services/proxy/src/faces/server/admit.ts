import type { ControlView, Upstream } from '@sallyport/control'
import type { SallyportError, Strangers } from '@sallyport/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Face } from '../../connectors/mcp/authorization/resource.ts'
import {
  type CallerRules,
  hostAdmitted,
  originAdmitted,
  proxyAddress,
  targetsHost,
} from '../../domain/callers.ts'
import { ControlStale } from '../../domain/faults.ts'
import type { AccessTokens } from '../authorization/access-tokens.ts'
import { IdentityRepeated } from '../authorization/errors.ts'
import { type Identity, identify, type Refusal } from '../authorization/identify.ts'
import { callerHeadersOf } from './caller-headers.ts'
import { HostRefused, OriginRefused, UpstreamUnknown } from './errors.ts'
import { sendProblem } from './problem.ts'

/** The caller, and the upstream that it wants. */
export interface Admission extends Identity {
  readonly upstream: Upstream
  /** On the monotonic clock, in milliseconds. */
  readonly arrivedAt: number
}

/** The parts that identifying callers needs, and the requests that one face lets in. */
export interface Admitting {
  readonly control: ControlView
  /** Null where no issuer is trusted. */
  readonly accessTokens: AccessTokens | null
  readonly authorization: { readonly url: string | null; readonly scopes: readonly string[] }
  readonly rules: CallerRules
  /** Told of callers that are known. */
  readonly strangers: Pick<Strangers, 'welcome'>
}

/**
 * Lets a request to an upstream of this kind in before any of its body is read, or answers it with a problem. The
 * answer comes at once, unless an access token has to be verified. A request that is not let in is not an action: there
 * is no gateway to record it under.
 */
export function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  admitting: Admitting,
  face: Face,
): Admission | undefined | Promise<Admission | undefined> {
  const arrivedAt = performance.now()
  const caller = callerAllowed(request, reply, admitting.rules)
  if (caller === undefined) return undefined
  const { control, authorization: own, accessTokens } = admitting
  const name = (request.params as { readonly upstream?: string }).upstream ?? ''
  const upstream = control.state().upstreams.get(name)
  const { authorization, gatewayHeader } = caller
  const proxy = proxyAddress(own.url, caller.host)
  const by = { control, accessTokens, scopes: own.scopes }
  const identity = identify(by, {
    proxy,
    face,
    name,
    upstream,
    authorization,
    gatewayHeader,
    headers: request.headers,
  })
  const admitted = (found: Identity | Refusal): Admission | undefined => {
    if ('error' in found) return refuseCaller(reply, found)
    admitting.strangers.welcome(request.raw.socket)
    if (upstream?.connector === face) return { ...found, upstream, arrivedAt }
    // The upstream may be registered all the same, by an event that was not read here yet.
    if (control.fault() !== undefined) return refuse(reply, 503, new ControlStale())
    return refuse(reply, 404, new UpstreamUnknown())
  }
  return identity instanceof Promise ? identity.then(admitted) : admitted(identity)
}

/** Whether the request came to this host and from a place that may call it; answered where not. */
export function callerAllowed(request: FastifyRequest, reply: FastifyReply, rules: CallerRules) {
  try {
    const caller = callerHeadersOf(request)
    if (!hostAdmitted(caller.host, rules) || !targetsHost(request.originalUrl, caller.host))
      return refuse(reply, 403, new HostRefused())
    if (!originAdmitted(caller.origin, rules)) return refuse(reply, 403, new OriginRefused())
    return caller
  } catch (refusal) {
    if (refusal instanceof IdentityRepeated) return refuse(reply, 400, refusal)
    throw refusal
  }
}

function refuseCaller(reply: FastifyReply, { status, error, challenge }: Refusal): undefined {
  if (challenge !== null) reply.header('www-authenticate', challenge)
  return refuse(reply, status, error)
}

function refuse(reply: FastifyReply, status: number, error: SallyportError): undefined {
  void sendProblem(reply, status, error)
  return undefined
}
