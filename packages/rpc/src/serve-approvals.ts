import type { Metadata, ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js'
import type { ApprovalsPoint, ClaimApproval } from './approvals.ts'
import { fromWireRequest, toWireClaim, toWireState, type WireRequestApproval } from './approvals-wire.ts'
import { statusOf } from './status.ts'

/** The Approvals service over a point. */
export function approvalsHandlers(
  point: ApprovalsPoint,
  check: (metadata: Metadata) => void,
): UntypedServiceImplementation {
  const unary =
    <Request, Answer>(handle: (request: Request) => Promise<Answer>) =>
    async (call: ServerUnaryCall<Request, Answer>, done: sendUnaryData<Answer>) => {
      try {
        check(call.metadata)
        done(null, await handle(call.request))
      } catch (reason) {
        done(statusOf(reason))
      }
    }

  return {
    RequestApproval: unary(async (request: WireRequestApproval) =>
      toWireState(await point.requestApproval(fromWireRequest(request))),
    ),
    ClaimApproval: unary(async (claim: ClaimApproval) => toWireClaim(await point.claimApproval(claim))),
    CancelApproval: unary(async ({ approvalId, reason }: { approvalId: string; reason: string }) =>
      toWireState(await point.cancelApproval(approvalId, reason)),
    ),
    GetApprovals: unary(async ({ approvalIds }: { approvalIds: string[] }) => ({
      approvals: (await point.getApprovals(approvalIds)).map(toWireState),
    })),
  }
}
