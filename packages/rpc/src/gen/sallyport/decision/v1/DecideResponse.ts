// Original file: sallyport/decision/v1/decision.proto

import type { Verdict as _sallyport_decision_v1_Verdict, Verdict__Output as _sallyport_decision_v1_Verdict__Output } from '../../../sallyport/decision/v1/Verdict.ts';
import type { Long } from '@grpc/proto-loader';

export interface DecideResponse {
  'requestId'?: (number | string | Long);
  'verdicts'?: (_sallyport_decision_v1_Verdict)[];
}

export interface DecideResponse__Output {
  'requestId': (number);
  'verdicts': (_sallyport_decision_v1_Verdict__Output)[];
}
