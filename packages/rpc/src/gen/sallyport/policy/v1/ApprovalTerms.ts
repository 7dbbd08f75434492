// Original file: sallyport/policy/v1/approval.proto

import type { Stage as _sallyport_policy_v1_Stage, Stage__Output as _sallyport_policy_v1_Stage__Output } from '../../../sallyport/policy/v1/Stage.ts';
import type { Selector as _sallyport_policy_v1_Selector, Selector__Output as _sallyport_policy_v1_Selector__Output } from '../../../sallyport/policy/v1/Selector.ts';
import type { Long } from '@grpc/proto-loader';

export interface ApprovalTerms {
  'stages'?: (_sallyport_policy_v1_Stage)[];
  'answerWithinMs'?: (number | string | Long);
  'useWithinMs'?: (number | string | Long);
  'remindAfterMs'?: (number | string | Long);
  'escalateAfterMs'?: (number | string | Long);
  'fallback'?: (_sallyport_policy_v1_Selector)[];
  'noGrants'?: (boolean);
  'grantWithinMs'?: (number | string | Long);
}

export interface ApprovalTerms__Output {
  'stages': (_sallyport_policy_v1_Stage__Output)[];
  'answerWithinMs': (number);
  'useWithinMs': (number);
  'remindAfterMs': (number);
  'escalateAfterMs': (number);
  'fallback': (_sallyport_policy_v1_Selector__Output)[];
  'noGrants': (boolean);
  'grantWithinMs': (number);
}
