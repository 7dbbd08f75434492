import type { Signals, Subscription } from '@sallyport/signals'

/** Wake-ups within a test; they can be made to fail. */
export class LocalSignals implements Signals {
  deaf = false
  readonly #subscribers = new Map<string, Set<() => void>>()
  readonly #reconnected: (() => void)[] = []

  send(subject: string): void {
    if (this.deaf) return
    for (const wake of this.#subscribers.get(subject) ?? []) wake()
  }

  subscribe(subject: string, onSignal: (signal: { subject: string }) => void): Subscription {
    const subscribers = this.#subscribers.get(subject) ?? new Set()
    const wake = () => onSignal({ subject })
    this.#subscribers.set(subject, subscribers.add(wake))
    return { ready: Promise.resolve(), unsubscribe: () => subscribers.delete(wake) }
  }

  onReconnect(listener: () => void): void {
    this.#reconnected.push(listener)
  }

  /** The connection came back; what was sent meanwhile is lost. */
  reconnect(): void {
    this.deaf = false
    for (const listener of this.#reconnected) listener()
  }

  fault(): string | undefined {
    return this.deaf ? 'not connected' : undefined
  }

  async close(): Promise<void> {}
}
