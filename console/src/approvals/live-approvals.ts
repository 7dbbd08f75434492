import { useSyncExternalStore } from 'react'
import { questions } from '../api/questions.ts'
import type { Approval } from '../api/types.ts'

export interface Live {
  /** What waits for a person, what runs out first before the rest. */
  readonly pending: readonly Approval[]
  readonly state: 'connecting' | 'live' | 'away'
}

/** How many calls that have ended are remembered, by what became of them. */
const MOST_ENDED = 500
const TOLD_AFTER_MS = 30
const AGAIN_AFTER_MS = 3000

/**
 * Follows the stream of approvals as long as somebody looks at the page. A browser has few connections to one address, and
 * tabs in the background would take all of them.
 */
class LiveApprovals {
  readonly #pending = new Map<string, Approval>()
  readonly #latest = new Map<string, Approval>()
  readonly #listeners = new Set<() => void>()
  #now: Live = { pending: [], state: 'connecting' }
  #state: Live['state'] = 'connecting'
  #source: EventSource | undefined
  #again: ReturnType<typeof setTimeout> | undefined
  #telling: ReturnType<typeof setTimeout> | undefined

  constructor() {
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#close()
      else if (this.#listeners.size > 0 && this.#source === undefined) this.#open()
    })
  }

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    if (this.#source === undefined && !document.hidden) this.#open()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#close()
    }
  }

  readonly now = (): Live => this.#now

  /** What the stream, or an answer of this page, told last of one. */
  readonly latest = (id: string): Approval | undefined => this.#latest.get(id)

  readonly take = (approval: Approval): void => {
    const { approvalId, status } = approval
    if (status === 'pending') this.#pending.set(approvalId, approval)
    else this.#pending.delete(approvalId)
    this.#latest.delete(approvalId)
    this.#latest.set(approvalId, approval)
    if (status !== 'pending') this.#forget()
    this.#tellSoon()
  }

  #open(): void {
    clearTimeout(this.#again)
    const source = new EventSource('/v1/approvals/stream')
    this.#source = source
    source.addEventListener('open', () => {
      // The stream begins with all that is pending: what ended meanwhile is not in it.
      this.#pending.clear()
      this.#state = 'live'
      this.#tellSoon()
    })
    source.addEventListener('approval', ({ data }: MessageEvent<string>) => {
      this.take(JSON.parse(data) as Approval)
    })
    source.addEventListener('error', () => {
      this.#state = 'away'
      this.#tellSoon()
      if (source.readyState !== EventSource.CLOSED) return
      // Refused, and not merely interrupted: the session may be over.
      void questions.invalidateQueries({ queryKey: ['session'] })
      this.#again = setTimeout(() => this.#open(), AGAIN_AFTER_MS)
    })
  }

  #close(): void {
    clearTimeout(this.#again)
    this.#source?.close()
    this.#source = undefined
    this.#state = 'connecting'
  }

  #forget(): void {
    if (this.#latest.size <= MOST_ENDED + this.#pending.size) return
    for (const [id, { status }] of this.#latest) {
      if (status === 'pending') continue
      this.#latest.delete(id)
      return
    }
  }

  /** A great many that come at once are told at once. */
  #tellSoon(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined
      const pending = [...this.#pending.values()].sort((left, right) =>
        left.expiresAt === right.expiresAt
          ? left.approvalId.localeCompare(right.approvalId)
          : left.expiresAt.localeCompare(right.expiresAt),
      )
      this.#now = { pending, state: this.#state }
      for (const listener of this.#listeners) listener()
    }, TOLD_AFTER_MS)
  }
}

export const liveApprovals = new LiveApprovals()

export const useLive = (): Live => useSyncExternalStore(liveApprovals.listen, liveApprovals.now)

/** What was told last of one, which changes as it does. */
export const useLatest = (id: string): Approval | undefined =>
  useSyncExternalStore(liveApprovals.listen, () => liveApprovals.latest(id))
