// Original file: sallyport/approvals/v1/approvals.proto

import type { Binding as _sallyport_approvals_v1_Binding, Binding__Output as _sallyport_approvals_v1_Binding__Output } from '../../../sallyport/approvals/v1/Binding.ts';
import type { ApprovalTerms as _sallyport_policy_v1_ApprovalTerms, ApprovalTerms__Output as _sallyport_policy_v1_ApprovalTerms__Output } from '../../../sallyport/policy/v1/ApprovalTerms.ts';
import type { SoFar as _sallyport_approvals_v1_SoFar, SoFar__Output as _sallyport_approvals_v1_SoFar__Output } from '../../../sallyport/approvals/v1/SoFar.ts';
import type { Caller as _sallyport_approvals_v1_Caller, Caller__Output as _sallyport_approvals_v1_Caller__Output } from '../../../sallyport/approvals/v1/Caller.ts';

export interface RequestApprovalRequest {
  'binding'?: (_sallyport_approvals_v1_Binding | null);
  'actionId'?: (string);
  'gateway'?: (string);
  'connector'?: (string);
  'tool'?: (string);
  'risk'?: (string);
  'rule'?: (string);
  'reasons'?: (string)[];
  'argumentsJson'?: (string);
  'clientName'?: (string);
  'clientVersion'?: (string);
  'argumentsText'?: (string);
  'meta'?: (string);
  'sealedArguments'?: (string);
  'terms'?: (_sallyport_policy_v1_ApprovalTerms | null);
  'principalIssuer'?: (string);
  'principalSubject'?: (string);
  'soFar'?: (_sallyport_approvals_v1_SoFar | null);
  'editable'?: (boolean);
  'caller'?: (_sallyport_approvals_v1_Caller | null);
  'exceptGrants'?: (string)[];
}

export interface RequestApprovalRequest__Output {
  'binding': (_sallyport_approvals_v1_Binding__Output | null);
  'actionId': (string);
  'gateway': (string);
  'connector': (string);
  'tool': (string);
  'risk': (string);
  'rule': (string);
  'reasons': (string)[];
  'argumentsJson': (string);
  'clientName': (string);
  'clientVersion': (string);
  'argumentsText': (string);
  'meta': (string);
  'sealedArguments': (string);
  'terms': (_sallyport_policy_v1_ApprovalTerms__Output | null);
  'principalIssuer': (string);
  'principalSubject': (string);
  'soFar': (_sallyport_approvals_v1_SoFar__Output | null);
  'editable': (boolean);
  'caller': (_sallyport_approvals_v1_Caller__Output | null);
  'exceptGrants': (string)[];
}
