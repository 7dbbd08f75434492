import type { Approval, Vote } from '@sallyport/approval'
import type { Person } from '@sallyport/control'
import { type Logger, messageOf, SallyportError } from '@sallyport/runtime'
import type { AnswerRequest } from '../answer.ts'
import type { ApprovalsFold } from '../approvals-fold.ts'
import { ApprovalNotYours, PartsUnseen } from '../errors.ts'
import { callText, readShownRef } from './call-text.ts'
import { ballotOf } from './linked-people.ts'

export interface AnswerInChatOptions {
  readonly chat: string
  /** So many UTF-16 units of a call stand in a message. */
  readonly longest: number
  readonly ready: () => Promise<ApprovalsFold>
  readonly answer: (request: AnswerRequest) => Promise<Approval>
}

export interface ChatVote {
  readonly person: Person
  /** What the button was about, see `shownRef`. */
  readonly shown: string
  readonly vote: Vote
  readonly reason: string | null
}

const LONGEST_REASON = 2000

/** Votes for a person from a chat, where nothing may be approved that the message does not show whole. */
export function answerInChat({ chat, longest, ready, answer }: AnswerInChatOptions) {
  return async ({ person, shown, vote, reason }: ChatVote): Promise<Approval> => {
    const { approvalId, digest } = readShownRef(shown)
    if (vote === 'approve') {
      const [approval] = await (await ready()).findFresh([approvalId])
      if (approval && !callText(approval, longest).whole)
        throw new ApprovalNotYours(`the call is not shown whole in ${chat}`)
    }
    return answer({ approvalId, digest, vote, ...ballotOf(person), reason, idempotencyKey: null })
  }
}

/** A reason as somebody typed it; null where there is none. */
export function reasonIn(said: unknown): string | null {
  return typeof said === 'string' && said.trim() !== ''
    ? said.trim().slice(0, LONGEST_REASON).toWellFormed()
    : null
}

/** Why an answer does not count, for the person who gave it. */
export function whyNotCounted(reason: unknown, chat: string, logger: Logger): string {
  if (reason instanceof PartsUnseen)
    return `Not counted: ${chat} does not show all of this call. Answer it on its page.`
  if (reason instanceof SallyportError) return `Not counted: ${reason.message}.`
  logger.error({ chat, cause: messageOf(reason) }, 'an answer in a chat failed')
  return 'Not counted: a fault in Sallyport.'
}
