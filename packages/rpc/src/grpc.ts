export { type ApprovalsClient, type ConnectApprovalsOptions, connectApprovals } from './connect-approvals.ts'
export { type ConnectDecisionOptions, connectDecision, type DecisionClient } from './connect-decision.ts'
export type { InternalToken } from './internal-bearer.ts'
export { type GrpcServer, type ServeGrpcOptions, serveGrpc } from './serve.ts'
