// Original file: sallyport/approvals/v1/approvals.proto

import type { ApprovalState as _sallyport_approvals_v1_ApprovalState, ApprovalState__Output as _sallyport_approvals_v1_ApprovalState__Output } from '../../../sallyport/approvals/v1/ApprovalState.ts';

export interface ClaimApprovalResponse {
  'claimed'?: (boolean);
  'reason'?: (string);
  'state'?: (_sallyport_approvals_v1_ApprovalState | null);
}

export interface ClaimApprovalResponse__Output {
  'claimed': (boolean);
  'reason': (string);
  'state': (_sallyport_approvals_v1_ApprovalState__Output | null);
}
