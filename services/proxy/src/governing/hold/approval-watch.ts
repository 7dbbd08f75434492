import type { ApprovalState, ApprovalsPoint } from '@sallyport/rpc'
import { type Health, messageOf } from '@sallyport/runtime'
import { approvalSubject, type Signals, type Subscription } from '@sallyport/signals'

export interface ApprovalWatchOptions {
  readonly approvals: ApprovalsPoint
  readonly signals: Signals
  readonly pollMs: number
}

type OnAnswer = (state: ApprovalState) => void

interface Watched {
  readonly listeners: Set<OnAnswer>
  readonly subscription: Subscription
}

/** How long one reading may take before the next one is tried beside it. */
const READ_DEADLINE_MS = 2000

/**
 * Watches the approvals that calls wait for: a signal makes it read at once, and since signals may be lost it reads
 * all of them every `pollMs` and on every reconnection. A service that does not answer is asked again.
 */
export class ApprovalWatch {
  readonly #options: ApprovalWatchOptions
  readonly #watched = new Map<string, Watched>()
  #timer: NodeJS.Timeout | undefined
  #pollingSince: number | undefined
  #fault: string | undefined

  constructor(options: ApprovalWatchOptions) {
    this.#options = options
    options.signals.onReconnect(() => this.#poll())
  }

  /** Calls back each time the approval was read and is no longer pending. Returns how to stop. */
  watch(approvalId: string, onAnswer: OnAnswer): () => void {
    const watched = this.#watched.get(approvalId) ?? this.#begin(approvalId)
    watched.listeners.add(onAnswer)
    return () => {
      watched.listeners.delete(onAnswer)
      if (watched.listeners.size === 0) this.#end(approvalId, watched)
    }
  }

  health(): Health {
    return this.#fault === undefined ? { status: 'ok' } : { status: 'degraded', reason: this.#fault }
  }

  #begin(approvalId: string): Watched {
    const { signals, pollMs } = this.#options
    const subscription = signals.subscribe(approvalSubject(approvalId), this.#onSignal(approvalId))
    const watched = { listeners: new Set<OnAnswer>(), subscription }
    this.#watched.set(approvalId, watched)
    // An answer that came before the subscription has sent its signal already.
    subscription.ready.then(
      () => this.#read([approvalId]),
      () => {},
    )
    this.#timer ??= setInterval(() => this.#poll(), pollMs)
    return watched
  }

  /** Anybody on the wire can send signals without number: while one makes it read, the others are one more. */
  #onSignal(approvalId: string): () => void {
    let reading = false
    let again = false
    const wake = async () => {
      again = true
      if (reading) return
      reading = true
      while (again) {
        again = false
        await this.#read([approvalId])
      }
      reading = false
    }
    return () => void wake()
  }

  #end(approvalId: string, watched: Watched): void {
    watched.subscription.unsubscribe()
    if (this.#watched.get(approvalId) === watched) this.#watched.delete(approvalId)
    if (this.#watched.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #poll(): void {
    const now = performance.now()
    if (this.#watched.size === 0) return
    if (this.#pollingSince !== undefined && now - this.#pollingSince < READ_DEADLINE_MS) return
    this.#pollingSince = now
    void this.#read([...this.#watched.keys()]).then(() => {
      this.#pollingSince = undefined
    })
  }

  async #read(approvalIds: readonly string[]): Promise<void> {
    try {
      const states = await this.#options.approvals.getApprovals(approvalIds)
      this.#fault = undefined
      for (const state of states) this.#tell(state)
    } catch (reason) {
      this.#fault = messageOf(reason)
    }
  }

  #tell(state: ApprovalState): void {
    if (state.status === 'pending') return
    for (const tell of this.#watched.get(state.approvalId)?.listeners ?? []) tell(state)
  }
}
