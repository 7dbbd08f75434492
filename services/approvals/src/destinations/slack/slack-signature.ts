import { createHmac, timingSafeEqual } from 'node:crypto'
import { BoundedMap } from '@sallyport/runtime'

/** Slack's own advice: what is older is a replay. In seconds. */
const WINDOW_S = 300
const MOST_SEEN = 10_000

export interface SignedRequest {
  /** `X-Slack-Request-Timestamp`, seconds. */
  readonly timestamp: string | undefined
  /** `X-Slack-Signature`. */
  readonly signature: string | undefined
  /** The body as it arrived. */
  readonly body: string
}

/**
 * Whether a request is Slack's, of now, and comes for the first time (https://docs.slack.dev/authentication/verifying-requests-from-slack).
 * What has come is remembered in this process; at another one the same vote is refused as cast already.
 */
export class SlackSignatures {
  readonly #key: string
  readonly #seen = new BoundedMap<string, true>(MOST_SEEN)

  constructor(signingSecret: string) {
    this.#key = signingSecret
  }

  /** Why it is refused; undefined where it is good. */
  objection({ timestamp, signature, body }: SignedRequest, now: Date): string | undefined {
    if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp))
      return 'it is not signed'
    if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > WINDOW_S) return 'it is not of now'
    const expected = `v0=${createHmac('sha256', this.#key).update(`v0:${timestamp}:${body}`).digest('hex')}`
    const [given, wanted] = [Buffer.from(signature), Buffer.from(expected)]
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
      return 'it is not signed with the secret of the app'
    if (this.#seen.get(expected)) return 'it has come before'
    this.#seen.set(expected, true)
    return undefined
  }
}
