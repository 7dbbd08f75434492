/** A wake-up: `subject` says which thing changed; the receiver reads the truth itself. */
export interface Signal {
  readonly subject: string
}

export interface Subscription {
  /** Resolves when the server has taken the subscription (at once in memory). */
  readonly ready: Promise<void>
  unsubscribe(): void
}

/**
 * Wake-ups: they may be lost, repeated or late, and nothing may depend on them but latency.
 *
 * - `send` never throws and never waits; while disconnected the signal is lost. A message that goes with it is for
 *   strangers who listen to the engine itself; our own receivers read the truth and never the message.
 * - `subscribe` takes an exact subject or one with NATS wildcards (`*` one token, `>` the rest); it lives through
 *   reconnections until unsubscribed.
 * - `onReconnect` tells that signals may have been missed: whoever waits re-reads the truth.
 */
export interface Signals {
  send(subject: string, message?: string): void
  subscribe(pattern: string, onSignal: (signal: Signal) => void): Subscription
  onReconnect(listener: () => void): void
  /** Why wake-ups do not work now, or undefined while they do. */
  fault(): string | undefined
  close(): Promise<void>
}

/** The subject on which every change of an approval is told. */
export const approvalSubject = (approvalId: string): string => `sallyport.approvals.${approvalId}`
