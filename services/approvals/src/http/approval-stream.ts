import type { Approval } from '@sallyport/approval'
import type { Offsets } from '@sallyport/event-log'
import type { SseStream } from '@sallyport/http-api'
import type { ApprovalsFold } from '../approvals-fold.ts'
import type { LiveApprovals } from '../live-approvals.ts'
import type { StreamIds } from '../stream-ids.ts'
import type { ApprovalView } from './approval-view.ts'

/** A reader that leaves more than this unread is cut off, and goes on from its last id. It is kept in memory. */
export const MAX_UNREAD_BYTES = 2 * 1024 * 1024
/** So many are sent in one turn with `current`; of more the reader is waited for. */
const BATCH = 100

/** Why a stream begins with all that is pending: it is told so, and forgets what it knew. */
export type WhySnapshot = 'first' | 'unknown_id' | 'not_kept'

export interface Followed {
  readonly fold: ApprovalsFold
  readonly live: LiveApprovals
  readonly ids: StreamIds
  readonly view: (approval: Approval) => ApprovalView
}

/** Where a stream begins: at the place of a `Last-Event-ID`, with what happens from now on, or anew. */
export type Beginning =
  | { readonly after: Offsets; readonly resumed: boolean }
  | { readonly anew: WhySnapshot }

/** Where a stream with this `Last-Event-ID` begins. Waits where the reader has seen more than this instance has folded. */
export async function beginningOf(
  id: string | undefined,
  without: 'pending' | 'now',
  { fold, ids }: Pick<Followed, 'fold' | 'ids'>,
): Promise<Beginning> {
  if (id === undefined || id === '')
    return without === 'now' ? { after: fold.offsets(), resumed: false } : { anew: 'first' }
  const after = ids.decode(id)
  if (after === undefined || !(await fold.reach(after))) return { anew: 'unknown_id' }
  return fold.changedSince(after) === undefined ? { anew: 'not_kept' } : { after, resumed: true }
}

/**
 * Sends what is pending, or all that changed since, then `current`, and from then on each approval that changes, in the
 * order of the log. Only what follows `current` and itself have ids: a reader that is lost before begins where it began.
 */
export async function followApprovals(
  stream: SseStream,
  beginning: Beginning,
  followed: Followed,
): Promise<void> {
  const { fold, live, ids, view } = followed
  const tell = (id: string, streamId?: string) => {
    const approval = fold.find(id)
    if (approval) stream.send('approval', view(approval), streamId)
  }
  const tellAll = async (approvals: readonly string[]) => {
    for (const id of approvals) {
      await stream.drained()
      if (stream.ended.aborted) return
      tell(id)
    }
  }
  const tellPending = async (reason: WhySnapshot) => {
    const from = fold.offsets()
    const pending = [...fold.open()].filter(({ status }) => status === 'pending')
    stream.send('snapshot', { reason })
    await tellAll(pending.map(({ approvalId }) => approvalId))
    return from
  }

  const resumed = 'after' in beginning && beginning.resumed
  let from = 'after' in beginning ? beginning.after : await tellPending(beginning.anew)
  while (!stream.ended.aborted) {
    const changed = fold.changedSince(from)
    if (changed === undefined) {
      // The reader took so long that what has changed meanwhile is forgotten.
      from = await tellPending('not_kept')
    } else if (changed.length > BATCH) {
      from = fold.offsets()
      await tellAll(changed)
    } else {
      // These and the subscription happen in one turn: no change falls between them.
      for (const id of changed) tell(id)
      stream.send('current', { resumed }, ids.encode(fold.offsets()))
      const stop = live.listen((approval, streamId) => stream.send('approval', view(approval), streamId))
      if (stream.ended.aborted) stop()
      stream.ended.addEventListener('abort', stop, { once: true })
      return
    }
  }
}
