import { encodeSse } from '@sallyport/jsonrpc'

export interface KeptAlive {
  /** On the monotonic clock, in milliseconds. */
  readonly wroteAt: number
  readonly needsDrain: boolean
  write(frames: string): boolean
}

const COMMENT = encodeSse({ comment: 'still here' })
const TICK_MS = 1000

/** Comments on open streams that were silent for a while, so that nothing on the way takes them for dead: one timer for all. */
export class StreamKeepAlives {
  readonly #silentMs: number
  readonly #streams = new Set<KeptAlive>()
  #timer: NodeJS.Timeout | undefined

  constructor(silentMs: number) {
    this.#silentMs = silentMs
  }

  add(stream: KeptAlive): void {
    this.#streams.add(stream)
    this.#timer ??= setInterval(() => this.#comment(), Math.min(TICK_MS, this.#silentMs)).unref()
  }

  delete(stream: KeptAlive): void {
    this.#streams.delete(stream)
    if (this.#streams.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #comment(): void {
    const due = performance.now() - this.#silentMs
    // Thousands that were opened together would make everybody else wait each time.
    let left = Math.max(100, Math.ceil(this.#streams.size / 5))
    for (const stream of this.#streams) {
      if (stream.wroteAt > due || stream.needsDrain) continue
      stream.write(COMMENT)
      if (--left === 0) return
    }
  }
}
