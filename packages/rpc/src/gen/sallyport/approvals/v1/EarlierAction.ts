// Original file: sallyport/approvals/v1/approvals.proto


export interface EarlierAction {
  'actionId'?: (string);
  'at'?: (string);
  'upstream'?: (string);
  'action'?: (string);
  'verdict'?: (string);
  'outcome'?: (string);
}

export interface EarlierAction__Output {
  'actionId': (string);
  'at': (string);
  'upstream': (string);
  'action': (string);
  'verdict': (string);
  'outcome': (string);
}
