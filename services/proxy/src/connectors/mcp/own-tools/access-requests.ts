import { BoundedMap, LimitExceeded } from '@sallyport/runtime'

/** The gateway has asked for access as often as it may within an hour. */
export class TooManyAccessRequests extends LimitExceeded {
  constructor(max: number) {
    const message = `this gateway has asked a person for access ${max} times within an hour and may not ask more`
    super('SP_TOO_MANY_ACCESS_REQUESTS', 'exhausted', 'requests for access', message)
  }
}

const HOUR_MS = 60 * 60_000
const MOST_GATEWAYS = 10_000

/**
 * How often gateways have asked for access lately. The same request again is the same one: it attaches to its approval.
 * Each process counts for itself.
 */
export class AccessRequests {
  readonly perHour: number
  readonly #asked = new BoundedMap<string, ReadonlyMap<string, number>>(MOST_GATEWAYS)

  constructor(perHour: number) {
    this.perHour = perHour
  }

  /** Counts a request. Milliseconds until the next one is taken where there are too many; 0 where it is taken. */
  ask(gatewayId: string, digest: string, now: number): number {
    const lately = [...(this.#asked.get(gatewayId) ?? [])].filter(([, at]) => now - at < HOUR_MS)
    const isKnown = lately.some(([known]) => known === digest)
    if (!isKnown && lately.length >= this.perHour) return (lately[0]?.[1] ?? now) + HOUR_MS - now
    this.#asked.set(gatewayId, new Map(isKnown ? lately : [...lately, [digest, now]]))
    return 0
  }
}
