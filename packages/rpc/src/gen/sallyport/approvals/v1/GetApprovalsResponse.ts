// Original file: sallyport/approvals/v1/approvals.proto

import type { ApprovalState as _sallyport_approvals_v1_ApprovalState, ApprovalState__Output as _sallyport_approvals_v1_ApprovalState__Output } from '../../../sallyport/approvals/v1/ApprovalState.ts';

export interface GetApprovalsResponse {
  'approvals'?: (_sallyport_approvals_v1_ApprovalState)[];
}

export interface GetApprovalsResponse__Output {
  'approvals': (_sallyport_approvals_v1_ApprovalState__Output)[];
}
