import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { ApprovalsClient as _sallyport_approvals_v1_ApprovalsClient, ApprovalsDefinition as _sallyport_approvals_v1_ApprovalsDefinition } from './sallyport/approvals/v1/Approvals.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  sallyport: {
    approvals: {
      v1: {
        ApprovalState: MessageTypeDefinition
        Approvals: SubtypeConstructor<typeof grpc.Client, _sallyport_approvals_v1_ApprovalsClient> & { service: _sallyport_approvals_v1_ApprovalsDefinition }
        Binding: MessageTypeDefinition
        CancelApprovalRequest: MessageTypeDefinition
        ClaimApprovalRequest: MessageTypeDefinition
        ClaimApprovalResponse: MessageTypeDefinition
        GetApprovalsRequest: MessageTypeDefinition
        GetApprovalsResponse: MessageTypeDefinition
        RequestApprovalRequest: MessageTypeDefinition
      }
    }
  }
}

