// Original file: sallyport/approvals/v1/approvals.proto


export interface Caller {
  'credential'?: (string);
  'session'?: (string);
  'principal'?: (string);
}

export interface Caller__Output {
  'credential': (string);
  'session': (string);
  'principal': (string);
}
