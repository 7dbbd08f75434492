import type { Approval } from '@sallyport/approval'
import type { SseStream } from '@sallyport/http-api'
import type { LiveApprovals } from '../live-approvals.ts'
import type { ApprovalView } from './approval-view.ts'

/** The snapshot goes out in one piece, so a reader may leave as much unread as a great many held calls take. */
export const MAX_UNREAD_BYTES = 32 * 1024 * 1024

/** Sends what is pending and then, in the order of the log, each approval that changes. */
export function followApprovals(
  stream: SseStream,
  open: Iterable<Approval>,
  live: LiveApprovals,
  view: (approval: Approval) => ApprovalView,
): void {
  const tell = (approval: Approval) => {
    stream.send('approval', view(approval))
  }
  // The snapshot and the subscription happen in one turn: no change falls between them.
  for (const approval of open) if (approval.status === 'pending') tell(approval)
  const stopListening = live.listen(tell)
  if (stream.ended.aborted) stopListening()
  stream.ended.addEventListener('abort', stopListening, { once: true })
}
