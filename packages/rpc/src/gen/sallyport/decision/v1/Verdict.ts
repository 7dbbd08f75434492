// Original file: sallyport/decision/v1/decision.proto

import type { Outcome as _sallyport_decision_v1_Outcome, Outcome__Output as _sallyport_decision_v1_Outcome__Output } from '../../../sallyport/decision/v1/Outcome.ts';
import type { Risk as _sallyport_decision_v1_Risk, Risk__Output as _sallyport_decision_v1_Risk__Output } from '../../../sallyport/decision/v1/Risk.ts';
import type { Need as _sallyport_decision_v1_Need, Need__Output as _sallyport_decision_v1_Need__Output } from '../../../sallyport/decision/v1/Need.ts';
import type { ApprovalTerms as _sallyport_policy_v1_ApprovalTerms, ApprovalTerms__Output as _sallyport_policy_v1_ApprovalTerms__Output } from '../../../sallyport/policy/v1/ApprovalTerms.ts';
import type { Long } from '@grpc/proto-loader';

export interface Verdict {
  'outcome'?: (_sallyport_decision_v1_Outcome);
  'rule'?: (string);
  'reasons'?: (string)[];
  'risk'?: (_sallyport_decision_v1_Risk);
  'policyVersion'?: (string);
  'fault'?: (string);
  'needs'?: (_sallyport_decision_v1_Need);
  'catalogStatus'?: (string);
  'catalogMode'?: (string);
  'controlOffset'?: (number | string | Long);
  'by'?: (string);
  'readsArguments'?: (boolean);
  'terms'?: (_sallyport_policy_v1_ApprovalTerms | null);
}

export interface Verdict__Output {
  'outcome': (_sallyport_decision_v1_Outcome__Output);
  'rule': (string);
  'reasons': (string)[];
  'risk': (_sallyport_decision_v1_Risk__Output);
  'policyVersion': (string);
  'fault': (string);
  'needs': (_sallyport_decision_v1_Need__Output);
  'catalogStatus': (string);
  'catalogMode': (string);
  'controlOffset': (number);
  'by': (string);
  'readsArguments': (boolean);
  'terms': (_sallyport_policy_v1_ApprovalTerms__Output | null);
}
