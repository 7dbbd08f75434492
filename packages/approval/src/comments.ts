import type { EventOf } from '@sallyport/events'
import type { Approval } from './approval.ts'
import type { Step } from './transitions.ts'

/** Somebody who goes on and on must not fill the memory of everybody. */
export const MOST_COMMENTS = 100

/** A comment is heard in every state, also once all is over. */
export function onCommented(
  approval: Approval,
  { data, time }: EventOf<'sallyport.approval.commented.v1'>,
): Step {
  const { comments = [] } = approval
  const { commentId: id, actor, comment: text } = data
  if (comments.some((one) => one.id === id)) return { next: approval }
  if (comments.length >= MOST_COMMENTS)
    return { rejection: { kind: 'conflict', reason: `it has ${MOST_COMMENTS} comments, and takes no more` } }
  return { next: { ...approval, comments: [...comments, { id, actor, text, at: time }] } }
}
