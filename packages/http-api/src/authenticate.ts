import {
  type ApiToken,
  type ControlState,
  type ControlView,
  type Reach,
  standingOf,
} from '@sallyport/control'
import type { Strangers } from '@sallyport/runtime'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { AgentRefused, ControlUnavailable, CrossSite, Forbidden, Unauthenticated } from './errors.ts'
import { type RouteRoles, reaches } from './roles/route-roles.ts'
import { isOfOtherPages, isOfOurPages, sessionOf } from './session-cookie.ts'

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
const OUR_VIA = /^\s*\S+\s+sallyport\s*$/i
const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]{1,512})$/i

export interface Authentication {
  readonly control: ControlView
  readonly strangers: Pick<Strangers, 'welcome'>
  readonly roles: RouteRoles
  readonly clock: () => Date
}

/** What a request was let in by. */
interface Admission {
  readonly token: ApiToken
  readonly route: readonly Reach[]
  /** How long the token still had then; null: without an end. */
  readonly remainingMs: number | null
}

const admissions = new WeakMap<FastifyRequest, Admission>()

/** Whether the request would not be let in any more: its token was revoked, even if a new one has its name, or its holder lost the role. */
export function lostAccess(request: FastifyRequest, state: ControlState): boolean {
  const admitted = admissions.get(request)
  if (admitted === undefined) return false
  const now = state.tokens.get(admitted.token.name)
  if (now?.id !== admitted.token.id) return true
  const standing = standingOf(state, now)
  return standing === undefined || !reaches(standing.reach, admitted.route)
}

/** For how many milliseconds the token of a request is still good; null: without an end. */
export function remainingOf(request: FastifyRequest): number | null {
  return admissions.get(request)?.remainingMs ?? null
}

/** Asks every request for a token whose holder's roles reach the route, before its body is read. */
export function authenticateRequests(server: FastifyInstance, authentication: Authentication): void {
  const { control, strangers, roles } = authentication
  server.decorateRequest('principal', null as unknown as FastifyRequest['principal'])
  server.addHook('onRoute', (route) => requireEntry(route, roles))
  server.addHook('onRequest', async (request, reply) => {
    if (request.is404 || request.routeOptions.config.public) return
    if (WRITES.has(request.method) && cameThroughSallyport(request)) throw new AgentRefused()
    const fault = control.fault()
    if (fault !== undefined && !request.routeOptions.config.evenStale) throw new ControlUnavailable(fault)
    const route = roles[keyOf(request.method, request.routeOptions.url)] ?? []
    request.principal = authenticated(authentication, request, reply, route)
    strangers.welcome(request.raw.socket)
    if (reaches(request.principal.reach, route)) return
    reply.header('www-authenticate', 'Bearer realm="sallyport", error="insufficient_scope"')
    throw new Forbidden(route)
  })
}

/** Every request that a proxy forwards says so (RFC 9110, section 7.6.3), and agents cannot take that out. */
function cameThroughSallyport({ headers }: FastifyRequest): boolean {
  return headers.via?.split(',').some((one) => OUR_VIA.test(one)) ?? false
}

function authenticated(
  { control, clock }: Authentication,
  request: FastifyRequest,
  reply: FastifyReply,
  route: readonly Reach[],
): FastifyRequest['principal'] {
  const header = request.headers.authorization
  const text = header === undefined ? cookieOf(request) : BEARER.exec(header)?.[1]
  const token = text === undefined ? undefined : control.authenticateApi(text)
  const remainingMs = token?.expiresAt ? Date.parse(token.expiresAt) - clock().getTime() : null
  const isOver = remainingMs !== null && remainingMs <= 0
  const standing = token === undefined || isOver ? undefined : standingOf(control.state(), token)
  if (token && standing) {
    admissions.set(request, { token, route, remainingMs })
    return standing
  }
  const error = header === undefined ? '' : ', error="invalid_token"'
  reply.header('www-authenticate', `Bearer realm="sallyport"${error}`)
  throw new Unauthenticated(text !== undefined || header !== undefined)
}

/** Every page that a browser shows makes it send the cookie, so it stands only for requests of our own. */
function cookieOf({ headers, method }: FastifyRequest): string | undefined {
  const session = sessionOf(headers)
  if (session === undefined) return undefined
  if (WRITES.has(method) ? !isOfOurPages(headers) : isOfOtherPages(headers)) throw new CrossSite()
  return session
}

const keyOf = (method: string, url: string | undefined): string => `${method} ${url}`

/** A route that nobody gave a place in the table fails when it is registered, and not when somebody finds it. */
function requireEntry(route: RouteOptions, roles: RouteRoles): void {
  if (route.config?.public) {
    if (route.url.startsWith('/v1')) throw new Error(`${route.url} is under /v1 and cannot be public`)
    return
  }
  for (const method of [route.method].flat()) {
    if (roles[keyOf(method, route.url)] === undefined)
      throw new Error(`${method} ${route.url} is not in the table of roles: packages/http-api/src/roles`)
  }
}
