import type { Approval } from '@sallyport/approval'

/** `streamId`: up to where its listener has heard everything, see `StreamIds`. */
type Listener = (approval: Approval, streamId: string) => void

/** Tells whoever listens now of each change, in the order of the log. */
export interface LiveApprovals {
  tell: Listener
  /** Returns how to stop listening. */
  listen(listener: Listener): () => void
}

export function liveApprovals(): LiveApprovals {
  const listeners = new Set<Listener>()
  return {
    tell(approval, streamId) {
      for (const listener of listeners) listener(approval, streamId)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
