// Original file: sallyport/policy/v1/approval.proto


export interface Selector {
  'kind'?: (string);
  'name'?: (string);
  'id'?: (string);
}

export interface Selector__Output {
  'kind': (string);
  'name': (string);
  'id': (string);
}
