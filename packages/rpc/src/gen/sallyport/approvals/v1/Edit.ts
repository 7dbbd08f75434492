// Original file: sallyport/approvals/v1/approvals.proto


export interface Edit {
  'digest'?: (string);
  'by'?: (string);
  'reason'?: (string);
  'sealedArguments'?: (string);
}

export interface Edit__Output {
  'digest': (string);
  'by': (string);
  'reason': (string);
  'sealedArguments': (string);
}
