// Original file: sallyport/approvals/v1/approvals.proto


export interface Binding {
  'tenant'?: (string);
  'gatewayId'?: (string);
  'upstream'?: (string);
  'action'?: (string);
  'argsDigest'?: (string);
  'toolDigest'?: (string);
  'policyVersion'?: (string);
  'upstreamDigest'?: (string);
}

export interface Binding__Output {
  'tenant': (string);
  'gatewayId': (string);
  'upstream': (string);
  'action': (string);
  'argsDigest': (string);
  'toolDigest': (string);
  'policyVersion': (string);
  'upstreamDigest': (string);
}
