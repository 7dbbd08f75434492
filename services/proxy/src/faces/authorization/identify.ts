import type { ControlView, Upstream } from '@sallyport/control'
import { SallyportError } from '@sallyport/runtime'
import { type Challenge, challengeText } from '../../connectors/mcp/authorization/challenge.ts'
import { type Face, metadataUrlOf, resourceOf } from '../../connectors/mcp/authorization/resource.ts'
import type { AdmittedGateway } from '../../domain/action.ts'
import type { AgentAuthorization } from '../../domain/agent-authorization.ts'
import { ControlStale } from '../../domain/faults.ts'
import { GatewayUnknown } from '../server/errors.ts'
import type { AccessTokens } from './access-tokens.ts'
import { IssuerUnavailable, OwnAuthorizationRefused, ScopeInsufficient, TokenRefused } from './errors.ts'

/** Carries the gateway's token where Authorization is the upstream's. */
export const GATEWAY_HEADER = 'sallyport-gateway'

/** The credentials of a request. */
export interface Shown {
  /** The proxy's address as the caller knows it. */
  readonly proxy: string
  readonly face: Face
  /** The name of the upstream in the path, and what is registered under it. */
  readonly name: string
  readonly upstream: Upstream | undefined
  readonly authorization: string | undefined
  readonly gatewayHeader: string | undefined
  /** All header fields, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

export interface Identity {
  readonly gateway: AdmittedGateway
  readonly agentAuthorization: AgentAuthorization | null
  /** When the access token ends, in milliseconds of the epoch; null for gateway tokens, which do not. */
  readonly expiresAt: number | null
}

export interface Refusal {
  readonly status: 400 | 401 | 403 | 503
  readonly error: SallyportError
  /** The value of WWW-Authenticate. */
  readonly challenge: string | null
}

export interface Identifying {
  readonly control: ControlView
  /** Null where no issuer is trusted. */
  readonly accessTokens: AccessTokens | null
  readonly scopes: readonly string[]
}

const BEARER = /^Bearer[ ]+([A-Za-z0-9._~+/-]{1,16384}=*)$/i
const GATEWAY_TOKEN = /^sp_gw_[A-Za-z0-9_-]{1,200}$/
const OF_SALLYPORT = /(?:^|[^A-Za-z0-9_-])sp_(?:gw|api)_/

/** The identity of the caller. A gateway's token is looked up at once; an access token takes time to verify. */
export function identify(by: Identifying, shown: Shown): Identity | Refusal | Promise<Identity | Refusal> {
  const passes = shown.upstream?.credential?.kind === 'passthrough'
  const token = shown.gatewayHeader ?? bearerOf(shown.authorization)
  if (token === undefined || !GATEWAY_TOKEN.test(token)) {
    // An upstream that the agent's own tokens pass to gets them all: none of them may say who calls here.
    if (token !== undefined && by.accessTokens !== null && !passes)
      return byAccessToken(by, by.accessTokens, shown, token)
    return unknown(by, shown, passes)
  }
  const gateway = by.control.authenticateGateway(token)
  if (gateway === undefined) return unknown(by, shown, passes)
  return passes ? withOwn(by, shown, gateway) : { gateway, agentAuthorization: null, expiresAt: null }
}

/** The authorization that the agent brings for the upstream itself. */
function withOwn({ accessTokens }: Identifying, shown: Shown, gateway: AdmittedGateway): Identity | Refusal {
  const { authorization, gatewayHeader, proxy, face, name } = shown
  const metadataUrl = metadataUrlOf(proxy, face, name)
  const headers = ownHeaders(shown)
  const refused = { status: 400, error: new OwnAuthorizationRefused(), challenge: null } as const
  if (headers.some(([, value]) => holdsOurs(value))) return refused
  if (gatewayHeader === undefined || authorization === undefined)
    return { gateway, agentAuthorization: { header: null, headers, metadataUrl }, expiresAt: null }
  const token = bearerOf(authorization)
  const ours = token !== undefined && accessTokens?.isOurs(token, proxy, resourceOf(proxy, face, name))
  if (ours || holdsOurs(authorization)) return refused
  if (token === undefined && !namedHeaders(shown.upstream).includes('authorization')) return refused
  const header = token === undefined ? authorization : `Bearer ${token}`
  return { gateway, agentAuthorization: { header, headers, metadataUrl }, expiresAt: null }
}

/** The fields that the upstream is registered to get from the agent. */
function ownHeaders({ upstream, headers }: Shown): [string, string][] {
  return namedHeaders(upstream).flatMap((name): [string, string][] => {
    const value = name === 'authorization' ? undefined : headers[name]
    return value === undefined ? [] : [[name, [value].flat().join(', ')]]
  })
}

function namedHeaders(upstream: Upstream | undefined): readonly string[] {
  const credential = upstream?.credential
  return credential?.kind === 'passthrough' ? (credential.headers ?? []) : []
}

/** Whether a token of Sallyport's is in it, also in the encoded form of Basic (RFC 7617). */
function holdsOurs(value: string): boolean {
  const basic = /^Basic +([A-Za-z0-9+/_-]+=*)$/i.exec(value)?.[1]
  return OF_SALLYPORT.test(value) || (basic !== undefined && OF_SALLYPORT.test(atobText(basic)))
}

function atobText(text: string): string {
  return Buffer.from(text, 'base64').toString('latin1')
}

async function byAccessToken(
  by: Identifying,
  accessTokens: AccessTokens,
  shown: Shown,
  token: string,
): Promise<Identity | Refusal> {
  try {
    const { issuer, name, subject, expiresAt } = await accessTokens.gatewayOf(
      token,
      resourceOf(shown.proxy, shown.face, shown.name),
    )
    const gateway = by.control.state().gateways.get(name)
    if (gateway !== undefined && gateway.revokedAt === null && gateway.issuers.includes(issuer)) {
      const principal = subject === null ? {} : { principal: { issuer, subject } }
      return { gateway: { ...gateway, namedBy: issuer, ...principal }, agentAuthorization: null, expiresAt }
    }
    const stale = staleness(by)
    if (stale !== undefined) return stale
    // The same for a gateway that does not exist: an issuer is not told of those that are not bound to it.
    throw new TokenRefused('it names no gateway that is bound to its issuer')
  } catch (error) {
    if (error instanceof IssuerUnavailable) return { status: 503, error, challenge: null }
    if (error instanceof ScopeInsufficient)
      return { status: 403, error, challenge: challengeOf(by, shown, 'insufficient_scope') }
    if (error instanceof SallyportError)
      return { status: 401, error, challenge: challengeOf(by, shown, 'invalid_token') }
    throw error
  }
}

function unknown(by: Identifying, shown: Shown, passes: boolean): Refusal {
  const presented = shown.gatewayHeader !== undefined || shown.authorization !== undefined
  // A login at the upstream would not tell us who calls.
  const challenge = passes
    ? challengeText({})
    : challengeOf(by, shown, presented ? 'invalid_token' : undefined)
  return staleness(by) ?? { status: 401, error: new GatewayUnknown(), challenge }
}

/** Without the control state no caller can be identified. That is not a fault of the caller. */
function staleness({ control }: Identifying): Refusal | undefined {
  return control.fault() === undefined
    ? undefined
    : { status: 503, error: new ControlStale(), challenge: null }
}

function challengeOf(
  { accessTokens, scopes }: Identifying,
  { proxy, face, name }: Shown,
  error?: string,
): string {
  if (accessTokens === null) return challengeText({})
  const challenge: Challenge = {
    ...(error === undefined ? {} : { error }),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
    resource_metadata: metadataUrlOf(proxy, face, name),
  }
  return challengeText(challenge)
}

function bearerOf(header: string | undefined): string | undefined {
  return BEARER.exec(header ?? '')?.[1]
}
