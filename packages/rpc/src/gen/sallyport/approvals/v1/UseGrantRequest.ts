// Original file: sallyport/approvals/v1/approvals.proto

import type { Binding as _sallyport_approvals_v1_Binding, Binding__Output as _sallyport_approvals_v1_Binding__Output } from '../../../sallyport/approvals/v1/Binding.ts';
import type { Caller as _sallyport_approvals_v1_Caller, Caller__Output as _sallyport_approvals_v1_Caller__Output } from '../../../sallyport/approvals/v1/Caller.ts';

export interface UseGrantRequest {
  'grantId'?: (string);
  'actionId'?: (string);
  'claimant'?: (string);
  'binding'?: (_sallyport_approvals_v1_Binding | null);
  'caller'?: (_sallyport_approvals_v1_Caller | null);
  'rule'?: (string);
  'reasons'?: (string)[];
}

export interface UseGrantRequest__Output {
  'grantId': (string);
  'actionId': (string);
  'claimant': (string);
  'binding': (_sallyport_approvals_v1_Binding__Output | null);
  'caller': (_sallyport_approvals_v1_Caller__Output | null);
  'rule': (string);
  'reasons': (string)[];
}
