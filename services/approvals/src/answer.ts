import { type Actor, type Approval, grantDue, type Vote, type Voter } from '@sallyport/approval'
import type { GrantTerms, GrantText } from '@sallyport/policy'
import { newId } from '@sallyport/runtime'
import type { ApprovalsFold } from './approvals-fold.ts'
import { ApprovalNotFound, PartsUnseen, rejectionError } from './errors.ts'
import { checkedGrant } from './grants/checked-grant.ts'
import { givenIntent } from './grants/intents.ts'
import { type AnswerIntent, refOf, type Terms, voteIntent } from './intents.ts'
import type { ShownCalls } from './shown-calls.ts'
import { unseenParts } from './unseen-parts.ts'

export interface AnswerRequest {
  readonly approvalId: string
  readonly vote: Vote
  readonly actor: Actor
  /** What the vote counts by: see `voterOf`. */
  readonly voter: Voter
  readonly reason: string | null
  /** The caller's; without one a repetition is another vote. */
  readonly idempotencyKey: string | null
  /** Places of the parts that were not on screen; where it is left out, those that the record cut off. */
  readonly unseen?: readonly string[]
  /** Says that they are approved all the same. */
  readonly confirmed?: boolean
  /** The digest of what was on the screen; where it is left out, of the call as it was asked for. */
  readonly digest?: string
  /** On a vote to approve: for which calls beside this one it is meant. */
  readonly grant?: GrantText
}

/** How many places of unseen parts a vote records. */
const MOST_PLACES = 100
const LONGEST_PLACE = 1024

/**
 * A person or bot votes. Resolves with the approval once the vote was folded and counted; rejects with
 * `ApprovalNotFound`, `ApprovalClosed` naming who was first, `ApprovalExpired`, `ApprovalNotYours` where their vote does not
 * count, `ApprovalVotedAlready`, `ApprovalEdited` where it is about other arguments, or `PartsUnseen` naming what an approver did not have on screen and did not confirm. A denial needs no confirmation: nothing goes on by it.
 */
export async function answerApproval(
  fold: ApprovalsFold,
  shown: ShownCalls,
  request: AnswerRequest,
  terms: Pick<Terms, 'grantUsualMs'>,
  at: Date,
): Promise<Approval> {
  const { approvalId, vote, actor, voter, reason } = request
  const [approval] = await fold.findFresh([approvalId])
  if (!approval) throw new ApprovalNotFound()
  const parts = approval.status === 'pending' ? unseenParts(await shown.of(approval), request.unseen) : []
  if (vote === 'approve' && parts.length > 0 && !request.confirmed) throw new PartsUnseen(parts)
  const unseen = parts.slice(0, MOST_PLACES).map(({ place }) => place.slice(0, LONGEST_PLACE).toWellFormed())
  const grant =
    request.grant &&
    (await checkedGrant(approval, request.grant, {
      shown,
      usualMs: terms.grantUsualMs,
      byBot: actor.type === 'bot',
    }))
  // A vote always has a key: a log that takes one append twice must not make its author the loser against himself.
  const idempotencyKey = request.idempotencyKey ?? newId()
  const { digest } = request
  const kept = {
    ...(unseen.length > 0 && { unseen }),
    ...(digest && { digest }),
    ...(grant && { grant: recorded(grant) }),
  }
  const answer = { vote, actor, voter, reason, idempotencyKey, ...kept }
  const outcome = await fold.submit(voteIntent(refOf(approval), answer, at))
  const now = fold.find(approvalId)
  if (!outcome.accepted) throw rejectionError(outcome, now)
  return giveGrant(fold, now ?? approval, at)
}

function recorded(terms: GrantTerms): NonNullable<AnswerIntent['grant']> {
  const { arguments: given } = terms
  return { ...terms, arguments: given && { ...given, where: [...given.where] } }
}

/** After the last vote. Where this fails the approval stands, and the grant is given a little later; see `startGiving`. */
async function giveGrant(fold: ApprovalsFold, approval: Approval, at: Date): Promise<Approval> {
  const due = grantDue(approval)
  if (due === undefined) return approval
  await fold.submit(givenIntent(due, at)).catch(() => {})
  return fold.find(approval.approvalId) ?? approval
}
