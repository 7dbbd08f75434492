import type { ApiToken, ControlState, ControlView } from '@sallyport/control'
import type { Strangers } from '@sallyport/runtime'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { AgentRefused, ControlUnavailable, Forbidden, Unauthenticated } from './errors.ts'
import type { Principal } from './principal.ts'

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const OUR_VIA = /^\s*\S+\s+sallyport\s*$/i
const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]{1,512})$/i

const tokens = new WeakMap<FastifyRequest, ApiToken>()

/** Whether the token of a request has been revoked since, even if a new one has its name. */
export function tokenRevoked(request: FastifyRequest, state: ControlState): boolean {
  const token = tokens.get(request)
  if (token === undefined) return false
  const now = state.tokens.get(token.name)
  return now?.id !== token.id || now.revokedAt !== null
}

/** Asks every request for a token whose scope reaches the route, before its body is read. */
export function authenticateRequests(
  server: FastifyInstance,
  control: ControlView,
  strangers: Pick<Strangers, 'welcome'>,
): void {
  server.decorateRequest('principal', null as unknown as Principal)
  server.addHook('onRoute', refuseOpenWrites)
  server.addHook('onRequest', async (request, reply) => {
    if (request.is404 || request.routeOptions.config.public) return
    if (WRITES.has(request.method) && cameThroughSallyport(request)) throw new AgentRefused()
    const fault = control.fault()
    if (fault !== undefined && !request.routeOptions.config.evenStale) throw new ControlUnavailable(fault)
    request.principal = authenticated(control, request, reply)
    strangers.welcome(request.raw.socket)
    const scopes = request.routeOptions.config.scopes
    if (scopes === undefined || request.principal.scope === 'admin') return
    if (scopes.includes(request.principal.scope)) return
    reply.header('www-authenticate', 'Bearer realm="sallyport", error="insufficient_scope"')
    throw new Forbidden(scopes.filter((scope) => scope !== 'admin'))
  })
}

/** Every request that a proxy forwards says so (RFC 9110, section 7.6.3), and agents cannot take that out. */
function cameThroughSallyport({ headers }: FastifyRequest): boolean {
  return headers.via?.split(',').some((one) => OUR_VIA.test(one)) ?? false
}

function authenticated(control: ControlView, request: FastifyRequest, reply: FastifyReply): Principal {
  const header = request.headers.authorization
  const token = header === undefined ? undefined : BEARER.exec(header)?.[1]
  const known = token === undefined ? undefined : control.authenticateApi(token)
  if (known) tokens.set(request, known)
  if (known) return principalOf(known)
  const error = header === undefined ? '' : ', error="invalid_token"'
  reply.header('www-authenticate', `Bearer realm="sallyport"${error}`)
  throw new Unauthenticated(header !== undefined)
}

function principalOf({ id, name, scope }: ApiToken): Principal {
  return { id, name, scope, type: scope === 'bot' ? 'bot' : 'person' }
}

/** A route that forgot its scopes fails when it is registered, and not when somebody finds it. */
function refuseOpenWrites(route: RouteOptions): void {
  const { scopes, public: open } = route.config ?? {}
  if (open && route.url.startsWith('/v1')) throw new Error(`${route.url} is under /v1 and cannot be public`)
  if (open || scopes !== undefined) return
  if ([route.method].flat().some((method) => WRITES.has(method)))
    throw new Error(`${String(route.method)} ${route.url} writes and must say its scopes`)
}
