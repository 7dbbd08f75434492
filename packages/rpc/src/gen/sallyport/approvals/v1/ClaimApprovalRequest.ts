// Original file: sallyport/approvals/v1/approvals.proto


export interface ClaimApprovalRequest {
  'approvalId'?: (string);
  'callDigest'?: (string);
  'actionId'?: (string);
  'claimant'?: (string);
  'digest'?: (string);
}

export interface ClaimApprovalRequest__Output {
  'approvalId': (string);
  'callDigest': (string);
  'actionId': (string);
  'claimant': (string);
  'digest': (string);
}
