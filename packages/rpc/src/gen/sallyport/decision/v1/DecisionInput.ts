// Original file: sallyport/decision/v1/decision.proto

import type { Risk as _sallyport_decision_v1_Risk, Risk__Output as _sallyport_decision_v1_Risk__Output } from '../../../sallyport/decision/v1/Risk.ts';
import type { ArgumentsLeftOut as _sallyport_decision_v1_ArgumentsLeftOut, ArgumentsLeftOut__Output as _sallyport_decision_v1_ArgumentsLeftOut__Output } from '../../../sallyport/decision/v1/ArgumentsLeftOut.ts';
import type { UsedTool as _sallyport_decision_v1_UsedTool, UsedTool__Output as _sallyport_decision_v1_UsedTool__Output } from '../../../sallyport/decision/v1/UsedTool.ts';
import type { Client as _sallyport_decision_v1_Client, Client__Output as _sallyport_decision_v1_Client__Output } from '../../../sallyport/decision/v1/Client.ts';
import type { Finding as _sallyport_decision_v1_Finding, Finding__Output as _sallyport_decision_v1_Finding__Output } from '../../../sallyport/decision/v1/Finding.ts';
import type { Approver as _sallyport_policy_v1_Approver, Approver__Output as _sallyport_policy_v1_Approver__Output } from '../../../sallyport/policy/v1/Approver.ts';
import type { Long } from '@grpc/proto-loader';

export interface DecisionInput {
  'tenant'?: (string);
  'gatewayId'?: (string);
  'gateway'?: (string);
  'gatewayCredential'?: (string);
  'connector'?: (string);
  'upstream'?: (string);
  'upstreamDigest'?: (string);
  'action'?: (string);
  'lessSpecific'?: (string)[];
  'risk'?: (_sallyport_decision_v1_Risk);
  'argumentsText'?: (string);
  'argumentsLeftOut'?: (_sallyport_decision_v1_ArgumentsLeftOut);
  'tool'?: (_sallyport_decision_v1_UsedTool | null);
  'session'?: (string);
  'client'?: (_sallyport_decision_v1_Client | null);
  'revision'?: (string);
  'transport'?: (string);
  'findings'?: (_sallyport_decision_v1_Finding)[];
  'time'?: (number | string | Long);
  'controlOffset'?: (number | string | Long);
  'approvedBy'?: (string);
  'recordedAction'?: (string);
  'approvers'?: (_sallyport_policy_v1_Approver)[];
  'arguments'?: "argumentsText"|"argumentsLeftOut";
}

export interface DecisionInput__Output {
  'tenant': (string);
  'gatewayId': (string);
  'gateway': (string);
  'gatewayCredential': (string);
  'connector': (string);
  'upstream': (string);
  'upstreamDigest': (string);
  'action': (string);
  'lessSpecific': (string)[];
  'risk': (_sallyport_decision_v1_Risk__Output);
  'argumentsText'?: (string);
  'argumentsLeftOut'?: (_sallyport_decision_v1_ArgumentsLeftOut__Output);
  'tool': (_sallyport_decision_v1_UsedTool__Output | null);
  'session': (string);
  'client': (_sallyport_decision_v1_Client__Output | null);
  'revision': (string);
  'transport': (string);
  'findings': (_sallyport_decision_v1_Finding__Output)[];
  'time': (number);
  'controlOffset': (number);
  'approvedBy': (string);
  'recordedAction': (string);
  'approvers': (_sallyport_policy_v1_Approver__Output)[];
}
