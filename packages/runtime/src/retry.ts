import { setTimeout as delay } from 'node:timers/promises'

export interface BackoffOptions {
  /** The longest first pause, in milliseconds (default 100). */
  readonly firstMs?: number
  /** No pause is longer, in milliseconds (default 5000). The same as `firstMs` keeps all pauses alike. */
  readonly longestMs?: number
  /** From 0 up to 1 (default `Math.random`). */
  readonly random?: () => number
}

/**
 * Pauses in milliseconds that double from `firstMs` up to `longestMs`. Each is shortened at random, by up to a half, so
 * that a fleet which lost the same peer does not come back to it in one moment.
 */
export class Backoff {
  readonly #firstMs: number
  readonly #longestMs: number
  readonly #random: () => number
  #nextMs: number

  constructor({ firstMs = 100, longestMs = 5000, random = Math.random }: BackoffOptions = {}) {
    this.#firstMs = Math.min(firstMs, longestMs)
    this.#longestMs = longestMs
    this.#random = random
    this.#nextMs = this.#firstMs
  }

  /** How long to wait before the next try. */
  nextMs(): number {
    const wholeMs = this.#nextMs
    this.#nextMs = Math.min(wholeMs * 2, this.#longestMs)
    return wholeMs * (1 - this.#random() / 2)
  }

  /** After a success: the next pause is a first one again. */
  reset(): void {
    this.#nextMs = this.#firstMs
  }
}

export interface RetryOptions extends BackoffOptions {
  /** Ends the pauses. The work has to look at it by itself. */
  readonly signal?: AbortSignal
  /** Milliseconds since the call after which no further try begins (default: never). It does not end a try. */
  readonly deadlineMs?: number
  /** Says of a failure that another try would meet it again (default: of none). */
  readonly isFinal?: (reason: unknown) => boolean
  /** Told of each failure that is followed by another try, with the pause before that one. */
  readonly onRetry?: (reason: unknown, pauseMs: number) => void
}

/**
 * The result of the first try that succeeds. Rejects with what the last try threw where that is final or the deadline
 * leaves no time for the next pause, and with the signal's reason once the signal is given.
 */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { signal, deadlineMs = Number.POSITIVE_INFINITY, isFinal = () => false, onRetry } = options
  const backoff = new Backoff(options)
  const deadline = performance.now() + deadlineMs
  for (;;) {
    signal?.throwIfAborted()
    try {
      return await work()
    } catch (reason) {
      signal?.throwIfAborted()
      const pauseMs = backoff.nextMs()
      if (isFinal(reason) || performance.now() + pauseMs >= deadline) throw reason
      onRetry?.(reason, pauseMs)
      await delay(pauseMs, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted())
    }
  }
}
