import type { Signals } from '@sallyport/signals'
import type { Sealer } from '../../../reaching/sealer.ts'

/** The session that replaced a lost one. */
export interface Healed {
  /** The name that events have for the lost session. */
  readonly from: string
  readonly upstreamId: string
  /** The proxy that keeps what the new one needs; null where any proxy can go on with it. */
  readonly owner: string | null
}

const SUBJECT = 'sallyport.healed'
const LONGEST = 2000

/**
 * Tells the other proxies of the fleet of a healed session, so that an upstream has one new session for a client and
 * not one for each proxy. The news is sealed: it holds the upstream's id. Lost news costs a handshake and no more.
 */
export class HealedNews {
  readonly #sealer: Sealer
  readonly #signals: Signals

  constructor(sealer: Sealer, signals: Signals) {
    this.#sealer = sealer
    this.#signals = signals
  }

  tell(key: string, healed: Healed): void {
    const sealed = this.#sealer.seal(JSON.stringify({ key, ...healed }), [SUBJECT])
    if (sealed.length <= LONGEST) this.#signals.send(`${SUBJECT}.${sealed}`)
  }

  /** Returns how to stop. */
  listen(take: (key: string, healed: Healed) => void): () => void {
    const { unsubscribe } = this.#signals.subscribe(`${SUBJECT}.*`, ({ subject }) => {
      const text = this.#sealer.open(subject.slice(SUBJECT.length + 1), [SUBJECT])
      if (text === undefined) return
      const { key, ...healed } = JSON.parse(text) as Healed & { readonly key: string }
      take(key, healed)
    })
    return unsubscribe
  }
}
