// Original file: sallyport/approvals/v1/approvals.proto


export interface UseGrantResponse {
  'used'?: (boolean);
  'reason'?: (string);
}

export interface UseGrantResponse__Output {
  'used': (boolean);
  'reason': (string);
}
