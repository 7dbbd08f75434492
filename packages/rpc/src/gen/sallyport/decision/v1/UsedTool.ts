// Original file: sallyport/decision/v1/decision.proto


export interface UsedTool {
  'kind'?: (string);
  'key'?: (string);
  'definition'?: (string);
  'listed'?: (boolean);
}

export interface UsedTool__Output {
  'kind': (string);
  'key': (string);
  'definition': (string);
  'listed': (boolean);
}
