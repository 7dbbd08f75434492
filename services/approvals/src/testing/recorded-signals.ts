import { memorySignals, type Signals } from '@sallyport/signals'

/** Signals in process, and a listener that remembers what came and lets a test wait for the next. */
export interface RecordedSignals {
  readonly signals: Signals
  readonly sent: readonly string[]
  /** Resolves when `count` signals in all have come. */
  until(count: number): Promise<void>
}

export function recordedSignals(): RecordedSignals {
  const signals = memorySignals()
  const sent: string[] = []
  let waiters: { count: number; resolve: () => void }[] = []
  signals.subscribe('sallyport.approvals.*', ({ subject }) => {
    sent.push(subject)
    for (const waiter of waiters) if (sent.length >= waiter.count) waiter.resolve()
    waiters = waiters.filter(({ count }) => count > sent.length)
  })
  return {
    signals,
    sent,
    until(count) {
      if (sent.length >= count) return Promise.resolve()
      return new Promise((resolve) => waiters.push({ count, resolve }))
    },
  }
}
