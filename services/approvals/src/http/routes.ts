import type { Approval, Vote } from '@sallyport/approval'
import type { FastifyPluginAsync } from 'fastify'
import { type Static, Type } from 'typebox'
import type { AnswerRequest } from '../answer.ts'
import type { ApprovalsFold } from '../approvals-fold.ts'
import type { LiveApprovals } from '../live-approvals.ts'
import type { Scheduler } from '../scheduler.ts'
import { pageOf } from './approval-list.ts'
import { approvalStream } from './approval-stream.ts'
import { ApprovalStatus, ApprovalView, viewOf } from './approval-view.ts'

export interface RoutesOptions {
  readonly ready: () => Promise<ApprovalsFold>
  readonly live: LiveApprovals
  readonly answer: (request: AnswerRequest) => Promise<Approval>
  readonly scheduler: Scheduler
}
export const approvalRoutes =
  (_options: RoutesOptions): FastifyPluginAsync =>
  async () => {
    void [pageOf, approvalStream, ApprovalStatus, ApprovalView, viewOf, Type]
  }
export type { Static, Vote }
