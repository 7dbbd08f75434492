import {
  type Approval,
  countsAs,
  deniesAs,
  type Grant,
  grantAt,
  mayEdit,
  type Voter,
} from '@sallyport/approval'
import type { ControlView, Reach } from '@sallyport/control'
import { ANSWERERS, type Principal, reaches, voterOf } from '@sallyport/http-api'
import type { ApprovalsFold } from '../approvals-fold.ts'
import { candidatesOf } from '../candidates.ts'
import { unanswerable } from '../domain/unanswerable.ts'
import type { Standpoint } from './approval-view.ts'

/** How the holder of a token stands to approvals, as things are now. */
export function standpointOf(
  control: Pick<ControlView, 'state'>,
  principal: Principal,
  grantNow: (approval: Approval) => Grant | null,
): (approval: Approval) => Standpoint {
  return standpointFor(control, { reach: principal.reach, voter: voterOf(principal) }, grantNow)
}

/** Somebody who may answer, by whatever way they came. */
export interface Voting {
  readonly reach: readonly Reach[]
  readonly voter: Voter
}

export function standpointFor(
  control: Pick<ControlView, 'state'>,
  voting: Voting,
  grantNow: (approval: Approval) => Grant | null,
): (approval: Approval) => Standpoint {
  return (approval) => ({
    youMay: youMay(approval, voting),
    unanswerable: unanswerable(approval, candidatesOf(control.state())) ?? null,
    grant: grantNow(approval),
  })
}

function youMay(approval: Approval, voting: Voting): Standpoint['youMay'] {
  const { reach, voter } = voting
  const edit = isEditor(approval, voting)
  const not = (why: string, deny = false) => ({ answer: false, why, deny, edit })
  if (approval.status !== 'pending') return not('it is not pending')
  if (!reaches(reach, ANSWERERS)) return not('your role does not answer approvals')
  if (voter.advisory) return not('your votes are shown to people and count for nothing')
  const counted = countsAs(approval, voter)
  if ('as' in counted) return { answer: true, why: null, deny: true, edit }
  return not(counted.rejection.reason, 'as' in deniesAs(approval, voter))
}

function isEditor(approval: Approval, { reach, voter }: Voting): boolean {
  if (approval.status !== 'pending' || approval.editable !== true) return false
  return reaches(reach, ANSWERERS) && mayEdit(approval, voter) === undefined
}

/** What was granted with an approval, as it stands now. */
export function grantsNow(
  fold: Pick<ApprovalsFold, 'grantOf'>,
  clock: () => Date,
): (approval: Approval) => Grant | null {
  return (approval) => {
    const grant = fold.grantOf(approval)
    return grant ? grantAt(grant, clock().toISOString()) : null
  }
}
