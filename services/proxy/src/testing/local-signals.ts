import type { Signals, Subscription } from '@sallyport/signals'

/** Wake-ups within a test; they can be made to fail. */
export class LocalSignals implements Signals {
  deaf = false
  readonly #subscribers = new Map<string, Set<(subject: string) => void>>()
  readonly #reconnected: (() => void)[] = []

  send(subject: string): void {
    if (this.deaf) return
    for (const [pattern, wakes] of this.#subscribers) {
      const whole = /\.[>*]$/.test(pattern) ? subject.startsWith(pattern.slice(0, -1)) : subject === pattern
      if (whole) for (const wake of wakes) wake(subject)
    }
  }

  subscribe(pattern: string, onSignal: (signal: { subject: string }) => void): Subscription {
    const subscribers = this.#subscribers.get(pattern) ?? new Set()
    const wake = (subject: string) => onSignal({ subject })
    this.#subscribers.set(pattern, subscribers.add(wake))
    return { ready: Promise.resolve(), unsubscribe: () => subscribers.delete(wake) }
  }

  onReconnect(listener: () => void): void {
    this.#reconnected.push(listener)
  }

  /** The connection came back. Signals that were sent meanwhile are lost. */
  reconnect(): void {
    this.deaf = false
    for (const listener of this.#reconnected) listener()
  }

  fault(): string | undefined {
    return this.deaf ? 'not connected' : undefined
  }

  async close(): Promise<void> {}
}
