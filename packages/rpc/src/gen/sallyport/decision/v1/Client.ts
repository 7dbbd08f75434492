// Original file: sallyport/decision/v1/decision.proto


export interface Client {
  'name'?: (string);
  'version'?: (string);
}

export interface Client__Output {
  'name': (string);
  'version': (string);
}
