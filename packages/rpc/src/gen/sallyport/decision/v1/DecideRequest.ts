// Original file: sallyport/decision/v1/decision.proto

import type { DecisionInput as _sallyport_decision_v1_DecisionInput, DecisionInput__Output as _sallyport_decision_v1_DecisionInput__Output } from '../../../sallyport/decision/v1/DecisionInput.ts';
import type { Long } from '@grpc/proto-loader';

export interface DecideRequest {
  'requestId'?: (number | string | Long);
  'inputs'?: (_sallyport_decision_v1_DecisionInput)[];
}

export interface DecideRequest__Output {
  'requestId': (number);
  'inputs': (_sallyport_decision_v1_DecisionInput__Output)[];
}
