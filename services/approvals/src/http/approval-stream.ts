import { Readable } from 'node:stream'
import type { Approval } from '@sallyport/approval'
import type { LiveApprovals } from '../live-approvals.ts'
import type { Scheduler } from '../scheduler.ts'
import { viewOf } from './approval-view.ts'

/** A reader that falls behind by this many bytes is let go; it comes back and begins with what is pending. */
const MAX_BUFFERED = 4 * 1024 * 1024
/** Keeps idle connections through balancers that cut them after a minute. */
const HEARTBEAT_MS = 15_000

export interface ApprovalStreamOptions {
  readonly pending: Iterable<Approval>
  readonly live: LiveApprovals
  readonly scheduler: Scheduler
}

/** Server-sent events: first each pending approval, then each approval whose status changes, in the order of the log. */
export function approvalStream({ pending, live, scheduler }: ApprovalStreamOptions): Readable {
  const stream = new Readable({ read() {}, highWaterMark: MAX_BUFFERED })
  const write = (text: string) => {
    stream.push(text)
    if (stream.readableLength > MAX_BUFFERED) stream.destroy()
  }
  const tell = (approval: Approval) => {
    write(`event: approval\ndata: ${JSON.stringify(viewOf(approval))}\n\n`)
  }
  let cancelHeartbeat = () => {}
  const beat = () => {
    cancelHeartbeat = scheduler.after(HEARTBEAT_MS, () => {
      write(': still here\n\n')
      beat()
    })
  }

  // The snapshot and the subscription happen in one turn: no change falls between them.
  write('retry: 1000\n\n')
  for (const approval of pending) tell(approval)
  const stopListening = live.listen(tell)
  beat()
  stream.once('close', () => {
    stopListening()
    cancelHeartbeat()
  })
  return stream
}
