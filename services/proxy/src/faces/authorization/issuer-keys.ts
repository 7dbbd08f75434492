import { createLocalJWKSet, errors, type JWK, type JWTVerifyGetKey } from 'jose'
import { askJson, isProtected } from '../../reaching/ask-json.ts'
import { IssuerUnavailable, TokenRefused } from './errors.ts'

type KeyRequest = Parameters<JWTVerifyGetKey>
type Find = (...request: KeyRequest) => ReturnType<JWTVerifyGetKey>

interface KeySet {
  readonly find: Find
  /** When it was asked for, on the monotonic clock. */
  readonly at: number
}

export interface IssuerKeysOptions {
  readonly issuer: string
  /** Where its keys are; null where its metadata says so. */
  readonly keysUrl: string | null
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/** After this the keys are looked at again, while the known ones are still used. */
const FRESH_MS = 5 * 60_000
/** An outage of the issuer longer than this ends the use of what was known: a key may have been withdrawn since. */
const USABLE_MS = 60 * 60_000
/** The shortest time between two requests to an issuer, in milliseconds, however many tokens come with unknown keys. */
const COOL_DOWN_MS = 30_000
const COOL_DOWN_AFTER_FAULT_MS = 5000
const MAX_KEYS = 100
/** Public keys only: a reader of a symmetric key can make tokens. */
const KINDS = new Set(['RSA', 'EC', 'OKP'])

/** The public keys of one issuer, as they change. */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions
  readonly #now: () => number
  #keys: KeySet | undefined
  #asking: Promise<void> | undefined
  #quietUntil = Number.NEGATIVE_INFINITY

  constructor(options: IssuerKeysOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /** The key that a token names. Rejects with TokenRefused, and with IssuerUnavailable where that cannot be told. */
  readonly find: Find = async (...request) => {
    const keys = await this.#current()
    try {
      return await keys.find(...request)
    } catch (cause) {
      if (!(cause instanceof errors.JWKSNoMatchingKey))
        throw new TokenRefused('its key is not usable', { cause })
    }
    const renewed = this.#now() >= this.#quietUntil ? await this.#renewed(keys) : keys
    if (renewed === keys) throw new TokenRefused('its issuer has no such key')
    try {
      return await renewed.find(...request)
    } catch (cause) {
      throw new TokenRefused('its issuer has no such key', { cause })
    }
  }

  async #current(): Promise<KeySet> {
    const known = this.#keys
    const age = known === undefined ? Number.POSITIVE_INFINITY : this.#now() - known.at
    const quiet = this.#now() < this.#quietUntil
    if (known !== undefined && age < USABLE_MS) {
      if (age >= FRESH_MS && !quiet) this.#ask().catch(() => {})
      return known
    }
    if (quiet && this.#asking === undefined) throw new IssuerUnavailable()
    await this.#ask()
    if (this.#keys === undefined) throw new IssuerUnavailable()
    return this.#keys
  }

  /** Those that are there now; the known ones where the issuer does not answer. */
  async #renewed(known: KeySet): Promise<KeySet> {
    await this.#ask().catch(() => {})
    return this.#keys ?? known
  }

  #ask(): Promise<void> {
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #fetch(): Promise<void> {
    const at = this.#now()
    try {
      const url = this.#options.keysUrl ?? (await this.#discovered())
      const { status, body } = await askJson(url)
      const keys = body?.['keys']
      if (status !== 200 || !Array.isArray(keys) || keys.length > MAX_KEYS) throw new Error('no set of keys')
      const usable = keys.filter(isPublicKey)
      this.#keys = { find: createLocalJWKSet({ keys: usable }), at }
      this.#quietUntil = this.#now() + COOL_DOWN_MS
    } catch (cause) {
      this.#quietUntil = this.#now() + COOL_DOWN_AFTER_FAULT_MS
      throw new IssuerUnavailable({ cause })
    }
  }

  /**
   * RFC 8414, section 3, and OpenID Connect Discovery 1.0; metadata that names another issuer is refused (section 3.3).
   */
  async #discovered(): Promise<string> {
    const { issuer } = this.#options
    for (const place of metadataPlaces(issuer)) {
      const { status, body } = await askJson(place)
      if (status !== 200 || body?.['issuer'] !== issuer) continue
      const url = body['jwks_uri']
      if (typeof url === 'string' && isProtected(url)) return url
    }
    throw new Error('the issuer has no metadata')
  }
}

function metadataPlaces(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]
}

function isPublicKey(key: unknown): key is JWK {
  if (typeof key !== 'object' || key === null) return false
  const { kty, use = 'sig' } = key as JWK
  return typeof kty === 'string' && KINDS.has(kty) && use === 'sig'
}
