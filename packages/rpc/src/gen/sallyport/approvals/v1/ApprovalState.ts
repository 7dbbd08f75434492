// Original file: sallyport/approvals/v1/approvals.proto


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
}
