import type { Signals } from '@sallyport/signals'

/** Signals that remember what was sent and let a test wait for the next. */
export interface RecordedSignals extends Signals {
  readonly sent: string[]
  /** Resolves when `count` signals in all have been sent. */
  until(count: number): Promise<void>
}

export function recordedSignals(): RecordedSignals {
  const sent: string[] = []
  let waiters: { count: number; resolve: () => void }[] = []
  return {
    sent,
    send(subject) {
      sent.push(subject)
      for (const waiter of waiters) if (sent.length >= waiter.count) waiter.resolve()
      waiters = waiters.filter(({ count }) => count > sent.length)
    },
    until(count) {
      if (sent.length >= count) return Promise.resolve()
      return new Promise((resolve) => waiters.push({ count, resolve }))
    },
    subscribe: () => ({ ready: Promise.resolve(), unsubscribe() {} }),
    onReconnect() {},
    fault: () => undefined,
    async close() {},
  }
}
