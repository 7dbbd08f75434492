import { BoundedMap } from '@sallyport/runtime'

const HOUR_MS = 60 * 60 * 1000
const MOST_ADDRESSES = 10_000

/** Counts what each address was sent: an agent that asks and asks must not fill anybody's mailbox. */
export class HourlyLimit {
  readonly #most: number
  readonly #sent = new BoundedMap<string, readonly number[]>(MOST_ADDRESSES)

  constructor(most: number) {
    this.#most = most
  }

  /** Whether one more may go there; it counts if so. `now` in milliseconds. */
  takes(address: string, now: number): boolean {
    const within = (this.#sent.get(address) ?? []).filter((at) => now - at < HOUR_MS)
    const takes = within.length < this.#most
    this.#sent.set(address, takes ? [...within, now] : within)
    return takes
  }
}
