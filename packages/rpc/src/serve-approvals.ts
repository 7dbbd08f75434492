import type { Metadata, ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from '@grpc/grpc-js'
import type { ApprovalsPoint } from './approvals.ts'
import {
  fromWireClaimRequest,
  fromWireRequest,
  fromWireUse,
  toWireClaim,
  toWireState,
  toWireUsed,
} from './approvals-wire.ts'
import type { CancelApprovalRequest__Output } from './gen/sallyport/approvals/v1/CancelApprovalRequest.ts'
import type { ClaimApprovalRequest__Output } from './gen/sallyport/approvals/v1/ClaimApprovalRequest.ts'
import type { GetApprovalsRequest__Output } from './gen/sallyport/approvals/v1/GetApprovalsRequest.ts'
import type { RequestApprovalRequest__Output } from './gen/sallyport/approvals/v1/RequestApprovalRequest.ts'
import type { UseGrantRequest__Output } from './gen/sallyport/approvals/v1/UseGrantRequest.ts'
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

  const request = unary(async (asked: RequestApprovalRequest__Output) =>
    toWireState(await point.requestApproval(fromWireRequest(asked))),
  )
  return {
    RequestApproval: request,
    RequestApprovalByTerms: request,
    ClaimApproval: unary(async (claim: ClaimApprovalRequest__Output) =>
      toWireClaim(await point.claimApproval(fromWireClaimRequest(claim))),
    ),
    UseGrant: unary(async (use: UseGrantRequest__Output) =>
      toWireUsed(await point.useGrant(fromWireUse(use))),
    ),
    CancelApproval: unary(async ({ approvalId, reason }: CancelApprovalRequest__Output) =>
      toWireState(await point.cancelApproval(approvalId, reason)),
    ),
    GetApprovals: unary(async ({ approvalIds }: GetApprovalsRequest__Output) => ({
      approvals: (await point.getApprovals(approvalIds)).map(toWireState),
    })),
  }
}
