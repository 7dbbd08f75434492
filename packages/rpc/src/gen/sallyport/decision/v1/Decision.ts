// Original file: sallyport/decision/v1/decision.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { DecideRequest as _sallyport_decision_v1_DecideRequest, DecideRequest__Output as _sallyport_decision_v1_DecideRequest__Output } from '../../../sallyport/decision/v1/DecideRequest.ts';
import type { DecideResponse as _sallyport_decision_v1_DecideResponse, DecideResponse__Output as _sallyport_decision_v1_DecideResponse__Output } from '../../../sallyport/decision/v1/DecideResponse.ts';

export interface DecisionClient extends grpc.Client {
  Decide(argument: _sallyport_decision_v1_DecideRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_decision_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  Decide(argument: _sallyport_decision_v1_DecideRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_decision_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  Decide(argument: _sallyport_decision_v1_DecideRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_decision_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  Decide(argument: _sallyport_decision_v1_DecideRequest, callback: grpc.requestCallback<_sallyport_decision_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  decide(argument: _sallyport_decision_v1_DecideRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_decision_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  decide(argument: _sallyport_decision_v1_DecideRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_sallyport_decision_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  decide(argument: _sallyport_decision_v1_DecideRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_sallyport_decision_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  decide(argument: _sallyport_decision_v1_DecideRequest, callback: grpc.requestCallback<_sallyport_decision_v1_DecideResponse__Output>): grpc.ClientUnaryCall;
  
  DecideStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_sallyport_decision_v1_DecideRequest, _sallyport_decision_v1_DecideResponse__Output>;
  DecideStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_sallyport_decision_v1_DecideRequest, _sallyport_decision_v1_DecideResponse__Output>;
  decideStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_sallyport_decision_v1_DecideRequest, _sallyport_decision_v1_DecideResponse__Output>;
  decideStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_sallyport_decision_v1_DecideRequest, _sallyport_decision_v1_DecideResponse__Output>;
  
}

export interface DecisionHandlers extends grpc.UntypedServiceImplementation {
  Decide: grpc.handleUnaryCall<_sallyport_decision_v1_DecideRequest__Output, _sallyport_decision_v1_DecideResponse>;
  
  DecideStream: grpc.handleBidiStreamingCall<_sallyport_decision_v1_DecideRequest__Output, _sallyport_decision_v1_DecideResponse>;
  
}

export interface DecisionDefinition extends grpc.ServiceDefinition {
  Decide: MethodDefinition<_sallyport_decision_v1_DecideRequest, _sallyport_decision_v1_DecideResponse, _sallyport_decision_v1_DecideRequest__Output, _sallyport_decision_v1_DecideResponse__Output>
  DecideStream: MethodDefinition<_sallyport_decision_v1_DecideRequest, _sallyport_decision_v1_DecideResponse, _sallyport_decision_v1_DecideRequest__Output, _sallyport_decision_v1_DecideResponse__Output>
}
