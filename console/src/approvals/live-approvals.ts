import { useSyncExternalStore } from 'react'
import { questions } from '../api/questions.ts'
import type { Approval } from '../api/types.ts'

export interface Live {
  /** What was told since the lists were read, by id: of each its latest. */
  readonly changes: ReadonlyMap<string, Approval>
  readonly state: 'connecting' | 'live' | 'away'
}

/** So many changes are kept beside the lists; with more of them the lists are read anew. */
const MOST_CHANGES = 2000
const TOLD_AFTER_MS = 30
const COUNTED_AFTER_MS = 1000
const AGAIN_AFTER_MS = 3000

/**
 * Follows the stream of approvals as long as somebody looks at the page: from now on, as lists are read page by page. A
 * browser has few connections to one address, and tabs in the background would take all of them.
 */
class LiveApprovals {
  #changes = new Map<string, Approval>()
  readonly #listeners = new Set<() => void>()
  #now: Live = { changes: new Map(), state: 'connecting' }
  #state: Live['state'] = 'connecting'
  #source: EventSource | undefined
  #again: ReturnType<typeof setTimeout> | undefined
  #telling: ReturnType<typeof setTimeout> | undefined
  #counting: ReturnType<typeof setTimeout> | undefined

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
  readonly latest = (id: string): Approval | undefined => this.#changes.get(id)

  readonly take = (approval: Approval): void => {
    if (this.#changes.size >= MOST_CHANGES) this.#readAnew()
    this.#changes.set(approval.approvalId, approval)
    this.#tellSoon()
    this.#countSoon()
  }

  #open(): void {
    clearTimeout(this.#again)
    const source = new EventSource('/v1/approvals/stream?begin=now')
    this.#source = source
    source.addEventListener('current', ({ data }: MessageEvent<string>) => {
      const { resumed } = JSON.parse(data) as { resumed: boolean }
      this.#state = 'live'
      // A browser goes on from the last event that it read. Otherwise what changed meanwhile was not told.
      if (!resumed) this.#readAnew()
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

  #readAnew(): void {
    this.#changes = new Map()
    void questions.invalidateQueries({ queryKey: ['approvals'] })
  }

  /** A great many that come at once are told at once. */
  #tellSoon(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined
      this.#now = { changes: new Map(this.#changes), state: this.#state }
      for (const listener of this.#listeners) listener()
    }, TOLD_AFTER_MS)
  }

  #countSoon(): void {
    this.#counting ??= setTimeout(() => {
      this.#counting = undefined
      void questions.invalidateQueries({ queryKey: ['approvals', 'counts'] })
    }, COUNTED_AFTER_MS)
  }
}

export const liveApprovals = new LiveApprovals()

export const useLive = (): Live => useSyncExternalStore(liveApprovals.listen, liveApprovals.now)

/** What was told last of one, which changes as it does. */
export const useLatest = (id: string): Approval | undefined =>
  useSyncExternalStore(liveApprovals.listen, () => liveApprovals.latest(id))
