// Original file: sallyport/approvals/v1/approvals.proto

import type { EarlierAction as _sallyport_approvals_v1_EarlierAction, EarlierAction__Output as _sallyport_approvals_v1_EarlierAction__Output } from '../../../sallyport/approvals/v1/EarlierAction.ts';

export interface SoFar {
  'actions'?: (_sallyport_approvals_v1_EarlierAction)[];
  'more'?: (number);
}

export interface SoFar__Output {
  'actions': (_sallyport_approvals_v1_EarlierAction__Output)[];
  'more': (number);
}
