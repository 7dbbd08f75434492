import type { Approval } from '@sallyport/approval'

type Listener = (approval: Approval) => void

/** Tells whoever listens now of each change, in the order of the log. */
export interface LiveApprovals {
  tell(approval: Approval): void
  /** Returns how to stop listening. */
  listen(listener: Listener): () => void
}

export function liveApprovals(): LiveApprovals {
  const listeners = new Set<Listener>()
  return {
    tell(approval) {
      for (const listener of listeners) listener(approval)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
