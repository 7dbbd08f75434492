import type { DestinationFailed } from '@sallyport/delivery'
import { isPlainElsewhere } from '@sallyport/runtime'
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'
import { ApprovalsUnavailable, TeamsRequestRefused } from '../../errors.ts'
import { objectIn, vendorFetch } from '../vendor-fetch.ts'

const ISSUER = 'https://api.botframework.com'
const CHANNEL = 'msteams'
/** Of clocks, in seconds: what Microsoft advises. */
const SKEW_S = 300
const METADATA_MS = 24 * 60 * 60 * 1000

export interface TeamsTokensOptions {
  readonly metadataUrl: string
  readonly appId: string
  readonly clock: () => Date
}

type Keys = ReturnType<typeof createRemoteJWKSet>

/**
 * Verifies what the Bot Connector sends (https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication,
 * connector to bot): signed with a key of the OpenID metadata that is endorsed for Teams, by its issuer, for this app, of
 * now, and for the service that the activity names.
 */
export class TeamsTokens {
  readonly #options: TeamsTokensOptions
  #keys: { readonly set: Keys; readonly until: number } | undefined

  constructor(options: TeamsTokensOptions) {
    this.#options = options
  }

  /** Rejects with `TeamsRequestRefused`, or with `ApprovalsUnavailable` where the keys cannot be read. */
  async verify(authorization: string | undefined, serviceUrl: unknown): Promise<void> {
    const [, token] = /^Bearer ([\w.-]{1,8192})$/.exec(authorization ?? '') ?? []
    if (token === undefined) throw new TeamsRequestRefused('it has no token')
    const { appId, clock } = this.#options
    const keys = await this.#keySet()
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: ISSUER,
      audience: appId,
      algorithms: ['RS256'],
      clockTolerance: SKEW_S,
      currentDate: clock(),
      requiredClaims: ['exp', 'serviceurl'],
    }).catch((cause: unknown) => {
      throw refusalOf(cause)
    })
    if (payload['serviceurl'] !== serviceUrl)
      throw new TeamsRequestRefused('its token is for another service')
    if (!isEndorsed(keys, protectedHeader.kid)) throw new TeamsRequestRefused('its key is not one for Teams')
  }

  async #keySet(): Promise<Keys> {
    const now = this.#options.clock().getTime()
    if (this.#keys && now < this.#keys.until) return this.#keys.set
    const call = { vendor: 'Teams', what: 'the request for its OpenID metadata' }
    const metadata = await vendorFetch(call, this.#options.metadataUrl, {})
      .then((response) => objectIn(call, response))
      .catch((cause: unknown) => {
        throw new ApprovalsUnavailable('the keys of Teams cannot be read', { cause })
      })
    const { jwks_uri: url } = metadata
    if (typeof url !== 'string' || !URL.canParse(url) || isPlainElsewhere(url))
      throw new ApprovalsUnavailable('the OpenID metadata of Teams name no address of keys')
    // It asks again for a key that it does not know, and never more often than each half minute.
    const set = createRemoteJWKSet(new URL(url))
    this.#keys = { set, until: now + METADATA_MS }
    return set
  }
}

/** A fault in reading the keys is not one of whoever asks. */
function refusalOf(cause: unknown) {
  const isTheirs =
    cause instanceof errors.JOSEError &&
    !(cause instanceof errors.JWKSTimeout) &&
    !(cause instanceof errors.JWKSInvalid) &&
    cause.code !== 'ERR_JOSE_GENERIC'
  return isTheirs
    ? new TeamsRequestRefused(`its token is not good: ${cause.code}`)
    : new ApprovalsUnavailable('the keys of Teams cannot be read', { cause: cause as DestinationFailed })
}

/** Each key of Bot Framework says for which channels it may sign. */
function isEndorsed(keys: Keys, kid: string | undefined): boolean {
  const key = keys.jwks()?.keys.find((one) => one.kid === kid) as { endorsements?: unknown } | undefined
  return Array.isArray(key?.endorsements) && key.endorsements.includes(CHANNEL)
}
