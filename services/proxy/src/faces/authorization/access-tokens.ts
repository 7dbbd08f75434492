import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'
import { IssuerUnavailable, ScopeInsufficient, TokenRefused } from './errors.ts'
import { IssuerKeys } from './issuer-keys.ts'

export interface AccessTokenRules {
  /** Issuers, each with the address of its keys where its metadata is not to be asked. */
  readonly issuers: readonly { readonly issuer: string; readonly keysUrl: string | null }[]
  /** Signature algorithms, all asymmetric. */
  readonly algorithms: readonly string[]
  /** Audiences that a token may have instead of the resource itself. */
  readonly audiences: readonly string[]
  /** Scopes that every token needs. */
  readonly scopes: readonly string[]
  /** The claims that name the gateway; the first that is there counts. */
  readonly gatewayClaims: readonly string[]
}

export interface AccessTokensOptions {
  readonly rules: AccessTokenRules
  readonly clock: () => Date
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

export interface Stands {
  /** As the configuration and the token write it. */
  readonly issuer: string
  /** The name of a gateway, which may not exist. */
  readonly name: string
  /** The `sub` of the token: whom the agent acts for, or the agent itself. Null where it has none. */
  readonly subject: string | null
  /** In milliseconds of the epoch. */
  readonly expiresAt: number
}

/** How far the clocks of an issuer and a proxy may be apart. */
const SKEW_SECONDS = 30
const LONGEST = 16_384
/** RFC 9068, section 2.1; many issuers still say JWT. A proof or a logout token is not an access token. */
const TYPES = new Set(['at+jwt', 'application/at+jwt', 'jwt', 'application/jwt'])

/** JWT access tokens for this proxy as a resource (RFC 9068), from the issuers it trusts. */
export class AccessTokens {
  readonly #rules: AccessTokenRules
  readonly #clock: () => Date
  readonly #keys: ReadonlyMap<string, IssuerKeys>

  constructor({ rules, clock, now }: AccessTokensOptions) {
    this.#rules = rules
    this.#clock = clock
    const timed = now === undefined ? {} : { now }
    this.#keys = new Map(rules.issuers.map((from) => [from.issuer, new IssuerKeys({ ...from, ...timed })]))
  }

  /**
   * The gateway that a token for this resource stands for, and until when. Rejects with TokenRefused, ScopeInsufficient
   * and IssuerUnavailable.
   */
  async gatewayOf(token: string, resource: string): Promise<Stands> {
    const claims = await this.#verified(token, resource)
    // Bound to a key of its holder (RFC 7800). A caller that presents it as a bearer token has not shown that key.
    if (claims['cnf'] !== undefined) throw new TokenRefused('it is bound to a key')
    const scopes = scopesOf(claims)
    if (!this.#rules.scopes.every((scope) => scopes.has(scope))) throw new ScopeInsufficient()
    const claim = this.#rules.gatewayClaims.find((name) => claims[name] !== undefined)
    const name = claim === undefined ? undefined : claims[claim]
    if (typeof name !== 'string' || name === '') throw new TokenRefused('it names no gateway')
    const expiresAt = ((claims.exp ?? 0) + SKEW_SECONDS) * 1000
    return { issuer: claims.iss ?? '', name, subject: claims.sub ?? null, expiresAt }
  }

  /** Whether a token is for more of this proxy than this one upstream, which may not get to see it. Not whether it is good. */
  isOurs(token: string, proxy: string, resource: string): boolean {
    const claims = unverified(token)
    if (claims === undefined || !this.#keys.has(claims.iss ?? '')) return false
    const audiences = [claims.aud ?? []].flat()
    const elsewhere = (aud: string) => aud.startsWith(`${proxy}/`) && aud !== resource
    return audiences.some((aud) => this.#rules.audiences.includes(aud) || elsewhere(aud))
  }

  async #verified(token: string, resource: string): Promise<JWTPayload> {
    const keys = this.#keys.get(unverified(token)?.iss ?? '')
    if (keys === undefined) throw new TokenRefused('its issuer is not trusted')
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys.find, {
        algorithms: [...this.#rules.algorithms],
        audience: [resource, ...this.#rules.audiences],
        requiredClaims: ['iss', 'aud', 'exp'],
        clockTolerance: SKEW_SECONDS,
        currentDate: this.#clock(),
      })
      if (!TYPES.has((protectedHeader.typ ?? 'jwt').toLowerCase()))
        throw new TokenRefused('it is not an access token')
      return payload
    } catch (cause) {
      if (cause instanceof TokenRefused || cause instanceof IssuerUnavailable) throw cause
      throw new TokenRefused(reasonOf(cause), { cause })
    }
  }
}

function unverified(token: string): JWTPayload | undefined {
  if (token.length > LONGEST) return undefined
  try {
    return decodeJwt(token)
  } catch {
    return undefined
  }
}

/** RFC 9068, section 2.2.3; some issuers call it `scp`, as text or as a list. */
function scopesOf({ scope, scp }: JWTPayload): ReadonlySet<string> {
  const said = [scope, scp].flat().filter((text) => typeof text === 'string')
  return new Set(said.flatMap((text) => text.split(' ')))
}

function reasonOf(cause: unknown): string {
  if (cause instanceof errors.JWTExpired) return 'it has expired'
  if (cause instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong'
  if (cause instanceof errors.JOSEAlgNotAllowed) return 'its algorithm is not one of those that are taken'
  if (cause instanceof errors.JWTClaimValidationFailed) {
    if (cause.claim === 'aud') return 'it is for another resource'
    if (cause.claim === 'nbf') return 'it is not good yet'
  }
  return 'it is not a signed access token as RFC 9068 describes it'
}
