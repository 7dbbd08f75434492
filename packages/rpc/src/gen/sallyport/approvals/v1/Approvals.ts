// Original file: sallyport/approvals/v1/approvals.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ApprovalState as _sallyport_approvals_v1_ApprovalState, ApprovalState__Output as _sallyport_approvals_v1_ApprovalState__Output } from '../../../sallyport/approvals/v1/ApprovalState.ts';
import type { CancelApprovalRequest as _sallyport_approvals_v1_CancelApprovalRequest, CancelApprovalRequest__Output as _sallyport_approvals_v1_CancelApprovalRequest__Output } from '../../../sallyport/approvals/v1/CancelApprovalRequest.ts';
import type { ClaimApprovalRequest as _sallyport_approvals_v1_ClaimApprovalRequest, ClaimApprovalRequest__Output as _sallyport_approvals_v1_ClaimApprovalRequest__Output } from '../../../sallyport/approvals/v1/ClaimApprovalRequest.ts';
import type { ClaimApprovalResponse as _sallyport_approvals_v1_ClaimApprovalResponse, ClaimApprovalResponse__Output as _sallyport_approvals_v1_ClaimApprovalResponse__Output } from '../../../sallyport/approvals/v1/ClaimApprovalResponse.ts';
import type { GetApprovalsRequest as _sallyport_approvals_v1_GetApprovalsRequest, GetApprovalsRequest__Output as _sallyport_approvals_v1_GetApprovalsRequest__Output } from '../../../sallyport/approvals/v1/GetApprovalsRequest.ts';
import type { GetApprovalsResponse as _sallyport_approvals_v1_GetApprovalsResponse, GetApprovalsResponse__Output as _sallyport_approvals_v1_GetApprovalsResponse__Output } from '../../../sallyport/approvals/v1/GetApprovalsResponse.ts';
import type { RequestApprovalRequest as _sallyport_approvals_v1_RequestApprovalRequest, RequestApprovalRequest__Output as _sallyport_approvals_v1_RequestApprovalRequest__Output } from '../../../sallyport/approvals/v1/RequestApprovalRequest.ts';
import type { UseGrantRequest as _sallyport_approvals_v1_UseGrantRequest, UseGrantRequest__Output as _sallyport_approvals_v1_UseGrantRequest__Output } from '../../../sallyport/approvals/v1/UseGrantRequest.ts';
import type { UseGrantResponse as _sallyport_approvals_v1_UseGrantResponse, UseGrantResponse__Output as _sallyport_approvals_v1_UseGrantResponse__Output } from '../../../sallyport/approvals/v1/UseGrantResponse.ts';

export interface ApprovalsClient extends grpc.Client {
  CancelApproval(argument: _sallyport_approvals_v1_CancelApprovalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  CancelApproval(argument: _sallyport_approvals_v1_CancelApprovalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  CancelApproval(argument: _sallyport_approvals_v1_CancelApprovalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  CancelApproval(argument: _sallyport_approvals_v1_CancelApprovalRequest, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  cancelApproval(argument: _sallyport_approvals_v1_CancelApprovalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  cancelApproval(argument: _sallyport_approvals_v1_CancelApprovalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  cancelApproval(argument: _sallyport_approvals_v1_CancelApprovalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  cancelApproval(argument: _sallyport_approvals_v1_CancelApprovalRequest, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  
  ClaimApproval(argument: _sallyport_approvals_v1_ClaimApprovalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ClaimApprovalResponse__Output>): grpc.ClientUnaryCall;
  ClaimApproval(argument: _sallyport_approvals_v1_ClaimApprovalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_approvals_v1_ClaimApprovalResponse__Output>): grpc.ClientUnaryCall;
  ClaimApproval(argument: _sallyport_approvals_v1_ClaimApprovalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ClaimApprovalResponse__Output>): grpc.ClientUnaryCall;
  ClaimApproval(argument: _sallyport_approvals_v1_ClaimApprovalRequest, callback: grpc.requestCallback<_sallyport_approvals_v1_ClaimApprovalResponse__Output>): grpc.ClientUnaryCall;
  claimApproval(argument: _sallyport_approvals_v1_ClaimApprovalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ClaimApprovalResponse__Output>): grpc.ClientUnaryCall;
  claimApproval(argument: _sallyport_approvals_v1_ClaimApprovalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_approvals_v1_ClaimApprovalResponse__Output>): grpc.ClientUnaryCall;
  claimApproval(argument: _sallyport_approvals_v1_ClaimApprovalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ClaimApprovalResponse__Output>): grpc.ClientUnaryCall;
  claimApproval(argument: _sallyport_approvals_v1_ClaimApprovalRequest, callback: grpc.requestCallback<_sallyport_approvals_v1_ClaimApprovalResponse__Output>): grpc.ClientUnaryCall;
  
  GetApprovals(argument: _sallyport_approvals_v1_GetApprovalsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_GetApprovalsResponse__Output>): grpc.ClientUnaryCall;
  GetApprovals(argument: _sallyport_approvals_v1_GetApprovalsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_approvals_v1_GetApprovalsResponse__Output>): grpc.ClientUnaryCall;
  GetApprovals(argument: _sallyport_approvals_v1_GetApprovalsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_GetApprovalsResponse__Output>): grpc.ClientUnaryCall;
  GetApprovals(argument: _sallyport_approvals_v1_GetApprovalsRequest, callback: grpc.requestCallback<_sallyport_approvals_v1_GetApprovalsResponse__Output>): grpc.ClientUnaryCall;
  getApprovals(argument: _sallyport_approvals_v1_GetApprovalsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_GetApprovalsResponse__Output>): grpc.ClientUnaryCall;
  getApprovals(argument: _sallyport_approvals_v1_GetApprovalsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_approvals_v1_GetApprovalsResponse__Output>): grpc.ClientUnaryCall;
  getApprovals(argument: _sallyport_approvals_v1_GetApprovalsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_GetApprovalsResponse__Output>): grpc.ClientUnaryCall;
  getApprovals(argument: _sallyport_approvals_v1_GetApprovalsRequest, callback: grpc.requestCallback<_sallyport_approvals_v1_GetApprovalsResponse__Output>): grpc.ClientUnaryCall;
  
  RequestApproval(argument: _sallyport_approvals_v1_RequestApprovalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  RequestApproval(argument: _sallyport_approvals_v1_RequestApprovalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  RequestApproval(argument: _sallyport_approvals_v1_RequestApprovalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  RequestApproval(argument: _sallyport_approvals_v1_RequestApprovalRequest, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  requestApproval(argument: _sallyport_approvals_v1_RequestApprovalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  requestApproval(argument: _sallyport_approvals_v1_RequestApprovalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  requestApproval(argument: _sallyport_approvals_v1_RequestApprovalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  requestApproval(argument: _sallyport_approvals_v1_RequestApprovalRequest, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  
  RequestApprovalByTerms(argument: _sallyport_approvals_v1_RequestApprovalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  RequestApprovalByTerms(argument: _sallyport_approvals_v1_RequestApprovalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  RequestApprovalByTerms(argument: _sallyport_approvals_v1_RequestApprovalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  RequestApprovalByTerms(argument: _sallyport_approvals_v1_RequestApprovalRequest, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  requestApprovalByTerms(argument: _sallyport_approvals_v1_RequestApprovalRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  requestApprovalByTerms(argument: _sallyport_approvals_v1_RequestApprovalRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  requestApprovalByTerms(argument: _sallyport_approvals_v1_RequestApprovalRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  requestApprovalByTerms(argument: _sallyport_approvals_v1_RequestApprovalRequest, callback: grpc.requestCallback<_sallyport_approvals_v1_ApprovalState__Output>): grpc.ClientUnaryCall;
  
  UseGrant(argument: _sallyport_approvals_v1_UseGrantRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_UseGrantResponse__Output>): grpc.ClientUnaryCall;
  UseGrant(argument: _sallyport_approvals_v1_UseGrantRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_approvals_v1_UseGrantResponse__Output>): grpc.ClientUnaryCall;
  UseGrant(argument: _sallyport_approvals_v1_UseGrantRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_UseGrantResponse__Output>): grpc.ClientUnaryCall;
  UseGrant(argument: _sallyport_approvals_v1_UseGrantRequest, callback: grpc.requestCallback<_sallyport_approvals_v1_UseGrantResponse__Output>): grpc.ClientUnaryCall;
  useGrant(argument: _sallyport_approvals_v1_UseGrantRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_UseGrantResponse__Output>): grpc.ClientUnaryCall;
  useGrant(argument: _sallyport_approvals_v1_UseGrantRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_approvals_v1_UseGrantResponse__Output>): grpc.ClientUnaryCall;
  useGrant(argument: _sallyport_approvals_v1_UseGrantRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_approvals_v1_UseGrantResponse__Output>): grpc.ClientUnaryCall;
  useGrant(argument: _sallyport_approvals_v1_UseGrantRequest, callback: grpc.requestCallback<_sallyport_approvals_v1_UseGrantResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface ApprovalsHandlers extends grpc.UntypedServiceImplementation {
  CancelApproval: grpc.handleUnaryCall<_sallyport_approvals_v1_CancelApprovalRequest__Output, _sallyport_approvals_v1_ApprovalState>;
  
  ClaimApproval: grpc.handleUnaryCall<_sallyport_approvals_v1_ClaimApprovalRequest__Output, _sallyport_approvals_v1_ClaimApprovalResponse>;
  
  GetApprovals: grpc.handleUnaryCall<_sallyport_approvals_v1_GetApprovalsRequest__Output, _sallyport_approvals_v1_GetApprovalsResponse>;
  
  RequestApproval: grpc.handleUnaryCall<_sallyport_approvals_v1_RequestApprovalRequest__Output, _sallyport_approvals_v1_ApprovalState>;
  
  RequestApprovalByTerms: grpc.handleUnaryCall<_sallyport_approvals_v1_RequestApprovalRequest__Output, _sallyport_approvals_v1_ApprovalState>;
  
  UseGrant: grpc.handleUnaryCall<_sallyport_approvals_v1_UseGrantRequest__Output, _sallyport_approvals_v1_UseGrantResponse>;
  
}

export interface ApprovalsDefinition extends grpc.ServiceDefinition {
  CancelApproval: MethodDefinition<_sallyport_approvals_v1_CancelApprovalRequest, _sallyport_approvals_v1_ApprovalState, _sallyport_approvals_v1_CancelApprovalRequest__Output, _sallyport_approvals_v1_ApprovalState__Output>
  ClaimApproval: MethodDefinition<_sallyport_approvals_v1_ClaimApprovalRequest, _sallyport_approvals_v1_ClaimApprovalResponse, _sallyport_approvals_v1_ClaimApprovalRequest__Output, _sallyport_approvals_v1_ClaimApprovalResponse__Output>
  GetApprovals: MethodDefinition<_sallyport_approvals_v1_GetApprovalsRequest, _sallyport_approvals_v1_GetApprovalsResponse, _sallyport_approvals_v1_GetApprovalsRequest__Output, _sallyport_approvals_v1_GetApprovalsResponse__Output>
  RequestApproval: MethodDefinition<_sallyport_approvals_v1_RequestApprovalRequest, _sallyport_approvals_v1_ApprovalState, _sallyport_approvals_v1_RequestApprovalRequest__Output, _sallyport_approvals_v1_ApprovalState__Output>
  RequestApprovalByTerms: MethodDefinition<_sallyport_approvals_v1_RequestApprovalRequest, _sallyport_approvals_v1_ApprovalState, _sallyport_approvals_v1_RequestApprovalRequest__Output, _sallyport_approvals_v1_ApprovalState__Output>
  UseGrant: MethodDefinition<_sallyport_approvals_v1_UseGrantRequest, _sallyport_approvals_v1_UseGrantResponse, _sallyport_approvals_v1_UseGrantRequest__Output, _sallyport_approvals_v1_UseGrantResponse__Output>
}
