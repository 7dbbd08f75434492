import type { ApprovalState, ApprovalsPoint } from '@sallyport/rpc'
import { OUR_CODES } from '../answers/answers.ts'
import type { TaskRef } from './task-ids.ts'
import { type TaskState, taskText } from './task-state.ts'

/**
 * The answer about a task whose process is gone. Its approval is in the log, its call is not. Rejects when the approval
 * cannot be read now.
 */
export async function orphanText(
  approvals: Pick<ApprovalsPoint, 'getApprovals'>,
  taskId: string,
  { approvalId, createdAt, ttlMs }: TaskRef,
  pollIntervalMs: number,
): Promise<string> {
  const [approval] = await approvals.getApprovals([approvalId])
  const facts = { taskId, createdAt, lastUpdatedAt: createdAt, ttlMs, pollIntervalMs }
  return taskText(facts, orphanState(approval, approvalId))
}

const AGAIN = 'The process that held this call is gone: make the call again with the same arguments.'

function orphanState(approval: ApprovalState | undefined, approvalId: string): TaskState {
  switch (approval?.status) {
    case 'pending':
      return {
        status: 'working',
        message: `${AGAIN} It attaches to approval ${approvalId}, which is still open.`,
      }
    case 'approved':
      return {
        status: 'working',
        message: `${AGAIN} It is carried out, as approval ${approvalId} was granted.`,
      }
    case 'consumed':
      return failed(
        `approval ${approvalId} was used: the call may have been carried out, and its result is lost`,
      )
    case undefined:
      return failed(
        `the process that held this call is gone, and so is what is known of approval ${approvalId}`,
      )
    default:
      return failed(`approval ${approvalId} is ${approval?.status}, and the call was not carried out for it`)
  }
}

function failed(message: string): TaskState {
  return { status: 'failed', error: JSON.stringify({ code: OUR_CODES.pending, message }) }
}
