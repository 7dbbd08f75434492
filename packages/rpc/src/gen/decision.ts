import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { DecisionClient as _sallyport_decision_v1_DecisionClient, DecisionDefinition as _sallyport_decision_v1_DecisionDefinition } from './sallyport/decision/v1/Decision.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  sallyport: {
    decision: {
      v1: {
        ArgumentsLeftOut: EnumTypeDefinition
        Client: MessageTypeDefinition
        DecideRequest: MessageTypeDefinition
        DecideResponse: MessageTypeDefinition
        Decision: SubtypeConstructor<typeof grpc.Client, _sallyport_decision_v1_DecisionClient> & { service: _sallyport_decision_v1_DecisionDefinition }
        DecisionInput: MessageTypeDefinition
        Finding: MessageTypeDefinition
        Need: EnumTypeDefinition
        Outcome: EnumTypeDefinition
        Risk: EnumTypeDefinition
        UsedTool: MessageTypeDefinition
        Verdict: MessageTypeDefinition
      }
    }
  }
}

