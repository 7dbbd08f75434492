import type { Approval } from '@sallyport/approval'
import type { StoredRecord } from '@sallyport/event-log'
import { readRecord } from '@sallyport/events'
import type { ApprovalsFold } from '../approvals-fold.ts'

/** A record about an approval, and the approval as it stands now, however much has happened since. */
export interface ApprovalNews {
  readonly approval: Approval
  readonly what: 'asked' | 'reminded' | 'escalated' | 'changed'
  readonly at: string
}

const NEWS: Readonly<Record<string, ApprovalNews['what']>> = {
  'sallyport.approval.requested.v2': 'asked',
  'sallyport.approval.reminded.v1': 'reminded',
  'sallyport.approval.escalated.v1': 'escalated',
}
/** What changes nothing that a message says. */
const SILENT: ReadonlySet<string> = new Set([
  'sallyport.approval.told.v1',
  'sallyport.approval.link_opened.v1',
  'sallyport.approval.revealed.v1',
  'sallyport.approval.commented.v1',
])

/** What a record tells a destination of approvals; undefined where it is nothing to tell. */
export async function newsOf(
  record: StoredRecord,
  ready: () => Promise<ApprovalsFold>,
): Promise<ApprovalNews | undefined> {
  const reading = readRecord(record)
  if (reading.kind !== 'event' || !('approvalId' in reading.event.data)) return undefined
  const { type, data, time } = reading.event
  if (SILENT.has(type)) return undefined
  const fold = await ready()
  await fold.reach({ [record.partition]: record.offset + 1 })
  const approval = fold.find(String(data.approvalId))
  return approval && { approval, what: NEWS[type] ?? 'changed', at: time }
}
