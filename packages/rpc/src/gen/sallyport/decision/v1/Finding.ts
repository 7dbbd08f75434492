// Original file: sallyport/decision/v1/decision.proto

import type { Risk as _sallyport_decision_v1_Risk, Risk__Output as _sallyport_decision_v1_Risk__Output } from '../../../sallyport/decision/v1/Risk.ts';

export interface Finding {
  'kind'?: (string);
  'rule'?: (string);
  'place'?: (string);
  'severity'?: (_sallyport_decision_v1_Risk);
}

export interface Finding__Output {
  'kind': (string);
  'rule': (string);
  'place': (string);
  'severity': (_sallyport_decision_v1_Risk__Output);
}
