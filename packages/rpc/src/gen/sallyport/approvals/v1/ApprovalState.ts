// Original file: sallyport/approvals/v1/approvals.proto

import type { Approver as _sallyport_policy_v1_Approver, Approver__Output as _sallyport_policy_v1_Approver__Output } from '../../../sallyport/policy/v1/Approver.ts';
import type { Edit as _sallyport_approvals_v1_Edit, Edit__Output as _sallyport_approvals_v1_Edit__Output } from '../../../sallyport/approvals/v1/Edit.ts';

export interface ApprovalState {
  'approvalId'?: (string);
  'callDigest'?: (string);
  'status'?: (string);
  'answeredBy'?: (string);
  'answerReason'?: (string);
  'expiresAt'?: (string);
  'usableUntil'?: (string);
  'attached'?: (boolean);
  'answererId'?: (string);
  'approvers'?: (_sallyport_policy_v1_Approver)[];
  'approverNames'?: (string)[];
  'unanswerable'?: (string);
  'grantId'?: (string);
  'grantUntil'?: (string);
  'edit'?: (_sallyport_approvals_v1_Edit | null);
}

export interface ApprovalState__Output {
  'approvalId': (string);
  'callDigest': (string);
  'status': (string);
  'answeredBy': (string);
  'answerReason': (string);
  'expiresAt': (string);
  'usableUntil': (string);
  'attached': (boolean);
  'answererId': (string);
  'approvers': (_sallyport_policy_v1_Approver__Output)[];
  'approverNames': (string)[];
  'unanswerable': (string);
  'grantId': (string);
  'grantUntil': (string);
  'edit': (_sallyport_approvals_v1_Edit__Output | null);
}
