import type { IssuedCredential, Upstream } from '@sallyport/control'
import { upstreamDigest } from '@sallyport/control'
import type { Logger } from '@sallyport/runtime'
import { askToken, type IssuedToken } from './ask-token.ts'
import { RefreshTokenFile } from './refresh-token-file.ts'
import type { Secrets } from './secrets.ts'

/** One upstream's token, on the monotonic clock in milliseconds. */
interface Kept {
  readonly ask: () => Promise<IssuedToken>
  token: string | undefined
  /** From then on a next one is asked for, while this one is still used. */
  renewAt: number
  usedUntil: number
  /** Nobody is asked again before. */
  quietUntil: number
  fault: unknown
  asking: Promise<string> | undefined
}

export interface IssuedTokensOptions {
  readonly secrets: Secrets
  readonly logger: Logger
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/** A token is given back to the server's clock this much earlier. */
const MARGIN_MS = 10_000
/** A next one is asked for when this part of its time is left. */
const AHEAD = 0.2
const QUIET_AFTER_FAULT_MS = 1000
/** A token that was asked for because the last one was refused is not replaced again at once. */
const QUIET_AFTER_RENEWAL_MS = 10_000

/** Tokens from token endpoints, each for the upstream it was asked for and no other; never more than one request for one. */
export class IssuedTokens {
  readonly #options: IssuedTokensOptions
  readonly #now: () => number
  /** By the digest of what is registered. */
  readonly #kept = new Map<string, Kept>()

  constructor(options: IssuedTokensOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /** At once while one holds. Rejects with the errors of `askToken`. */
  find(upstream: Upstream, credential: IssuedCredential): string | Promise<string> {
    const kept = this.#of(upstream, credential)
    const now = this.#now()
    if (kept.token === undefined || now >= kept.usedUntil) return this.#ask(kept)
    if (now >= kept.renewAt) this.#ask(kept).catch(() => {})
    return kept.token
  }

  /** Another token than the one that the upstream refused; undefined when there is no other. */
  async renew(
    upstream: Upstream,
    credential: IssuedCredential,
    refused: string,
  ): Promise<string | undefined> {
    const kept = this.#of(upstream, credential)
    if (kept.token === refused) {
      if (this.#now() < kept.quietUntil) return undefined
      kept.token = undefined
      kept.quietUntil = 0
    }
    const token = kept.token ?? (await this.#ask(kept))
    kept.quietUntil = this.#now() + QUIET_AFTER_RENEWAL_MS
    return token === refused ? undefined : token
  }

  /** Forgets the tokens of upstreams that are not registered any more. */
  keepOnly(upstreams: Iterable<Upstream>): void {
    if (this.#kept.size === 0) return
    const digests = new Set([...upstreams].map(upstreamDigest))
    for (const digest of this.#kept.keys()) if (!digests.has(digest)) this.#kept.delete(digest)
  }

  #of(upstream: Upstream, credential: IssuedCredential): Kept {
    const digest = upstreamDigest(upstream)
    const known = this.#kept.get(digest)
    if (known !== undefined) return known
    const ask = this.#askerOf(credential)
    const kept = {
      ask,
      token: undefined,
      renewAt: 0,
      usedUntil: 0,
      quietUntil: 0,
      fault: undefined,
      asking: undefined,
    }
    this.#kept.set(digest, kept)
    return kept
  }

  #askerOf(credential: IssuedCredential): () => Promise<IssuedToken> {
    const { secrets, logger } = this.#options
    const secret = async () => (credential.secret === null ? '' : await secrets.find(credential.secret))
    if (credential.kind === 'client_credentials')
      return async () => askToken(credential, { grant_type: 'client_credentials' }, await secret())
    const file = new RefreshTokenFile(secrets.files, credential.file, logger)
    return async () => {
      const own = await secret()
      return file.spend((token) =>
        askToken(credential, { grant_type: 'refresh_token', refresh_token: token }, own),
      )
    }
  }

  #ask(kept: Kept): Promise<string> {
    if (kept.asking !== undefined) return kept.asking
    if (kept.fault !== undefined && this.#now() < kept.quietUntil) return Promise.reject(kept.fault)
    const from = this.#now()
    kept.asking = kept
      .ask()
      .then(
        ({ accessToken, seconds }) => {
          const heldMs = Math.max(0, seconds * 1000 - MARGIN_MS)
          Object.assign(kept, { token: accessToken, fault: undefined })
          kept.usedUntil = from + heldMs
          kept.renewAt = from + heldMs * (1 - AHEAD)
          return accessToken
        },
        (fault: unknown) => {
          kept.fault = fault
          kept.quietUntil = this.#now() + QUIET_AFTER_FAULT_MS
          throw fault
        },
      )
      .finally(() => {
        kept.asking = undefined
      })
    return kept.asking
  }
}
