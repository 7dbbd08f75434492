// Original file: sallyport/approvals/v1/approvals.proto


export interface CancelApprovalRequest {
  'approvalId'?: (string);
  'reason'?: (string);
}

export interface CancelApprovalRequest__Output {
  'approvalId': (string);
  'reason': (string);
}
