// Original file: sallyport/policy/v1/approval.proto

import type { Selector as _sallyport_policy_v1_Selector, Selector__Output as _sallyport_policy_v1_Selector__Output } from '../../../sallyport/policy/v1/Selector.ts';

export interface Approver {
  'tokenId'?: (string);
  'personId'?: (string);
  'botId'?: (string);
  'as'?: (_sallyport_policy_v1_Selector | null);
}

export interface Approver__Output {
  'tokenId': (string);
  'personId': (string);
  'botId': (string);
  'as': (_sallyport_policy_v1_Selector__Output | null);
}
