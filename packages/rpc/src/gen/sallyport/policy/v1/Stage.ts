// Original file: sallyport/policy/v1/approval.proto

import type { Selector as _sallyport_policy_v1_Selector, Selector__Output as _sallyport_policy_v1_Selector__Output } from '../../../sallyport/policy/v1/Selector.ts';

export interface Stage {
  'need'?: (number);
  'of'?: (_sallyport_policy_v1_Selector)[];
}

export interface Stage__Output {
  'need': (number);
  'of': (_sallyport_policy_v1_Selector__Output)[];
}
