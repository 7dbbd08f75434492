import type { Approval } from '@sallyport/approval'
import type { ControlView } from '@sallyport/control'
import type { DeadLetters, Feed } from '@sallyport/delivery'
import type { EventLog } from '@sallyport/event-log'
import type { Logger } from '@sallyport/runtime'
import type { AnswerRequest } from '../answer.ts'
import type { ApprovalsFold } from '../approvals-fold.ts'
import type { DestinationName } from './approval-routes.ts'

/** What every destination of approvals is built on. */
export interface DestinationParts {
  /** The places of a destination that the operator has an approval told in. */
  readonly placesOf: (destination: DestinationName, approval: Approval) => readonly string[]
  readonly ready: () => Promise<ApprovalsFold>
  readonly answer: (request: AnswerRequest) => Promise<Approval>
  readonly control: Pick<ControlView, 'state'>
  /** What is asked, in one sentence. */
  readonly sentenceOf: (approval: Approval) => string
  /** Where all of it is shown and answered; null where the operator has named no address. */
  readonly pageOf: (approvalId: string) => string | null
  readonly log: EventLog
  readonly feed: Feed
  readonly deadLetters: DeadLetters
  readonly clock: () => Date
  readonly logger: Logger
}
