import type { Logger } from '@sallyport/runtime'
import type { ChannelExchange } from './channel-exchange.ts'

const MOST = 256
const MOST_LENGTH = 1024 * 1024

/**
 * The messages that a server sent while nobody listened, kept until its client opens a stream. When there is no more
 * room, the first are kept.
 */
export class Unclaimed {
  readonly #logger: Logger
  #texts: string[] = []
  #length = 0
  #full = false

  constructor(logger: Logger) {
    this.#logger = logger
  }

  keep(text: string): void {
    if (this.#texts.length >= MOST || this.#length + text.length > MOST_LENGTH) {
      if (!this.#full)
        this.#logger.warn({}, 'a server says more than its client listens to; the rest is dropped')
      this.#full = true
      return
    }
    this.#texts.push(text)
    this.#length += text.length
  }

  giveTo(stream: ChannelExchange): void {
    const texts = this.#texts
    this.#texts = []
    this.#length = 0
    for (const text of texts) stream.message(text)
  }
}
