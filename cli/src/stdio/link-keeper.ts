import { setTimeout as delay } from 'node:timers/promises'
import { Backoff } from '@sallyport/runtime'
import type { Frame } from '@sallyport/stdio'
import { SallyportNotReached } from './errors.ts'
import type { PlaceFinder } from './find-place.ts'
import { ProxyLink } from './proxy-link.ts'

export interface LinkKeeperOptions {
  readonly finder: PlaceFinder
  readonly onFrame: (frame: Frame) => void
  readonly onUp: (link: ProxyLink) => void
  /** The connection broke. */
  readonly onDown: () => void
  /** It could not be made, and why; it is tried again. */
  readonly onFailed: (reason: SallyportNotReached) => void
}

/** Keeps a wrapper connected to a Sallyport, whichever there is: one that ends is followed by the next. */
export class LinkKeeper {
  /** The sealed session, which the next Sallyport goes on with. */
  session: string | undefined
  readonly #options: LinkKeeperOptions
  readonly #stopped = new AbortController()
  #link: ProxyLink | undefined

  constructor(options: LinkKeeperOptions) {
    this.#options = options
    void this.#keep()
  }

  get link(): ProxyLink | undefined {
    return this.#link
  }

  stop(): void {
    this.#stopped.abort()
    this.#link?.close()
  }

  async #keep(): Promise<void> {
    const { signal } = this.#stopped
    const backoff = new Backoff({ firstMs: 100, longestMs: 5000 })
    while (!signal.aborted) {
      const { promise: closed, resolve: onClose } = Promise.withResolvers<void>()
      try {
        const place = await this.#options.finder.find()
        const link = await ProxyLink.open(place, this.session, { onFrame: this.#options.onFrame, onClose })
        backoff.reset()
        await this.#whileOpen(link, closed)
      } catch (reason) {
        const failure =
          reason instanceof SallyportNotReached ? reason : new SallyportNotReached(String(reason))
        if (!signal.aborted) this.#options.onFailed(failure)
      }
      await delay(backoff.nextMs(), undefined, { signal }).catch(() => {})
    }
  }

  async #whileOpen(link: ProxyLink, closed: Promise<void>): Promise<void> {
    if (this.#stopped.signal.aborted) {
      link.close()
      return
    }
    this.#link = link
    this.#options.onUp(link)
    await closed
    this.#link = undefined
    this.#options.onDown()
  }
}
