import type { EventOf } from '@sallyport/events'
import type { Approval } from '../approval.ts'
import type { ApprovalsState } from '../state.ts'
import { grantAt } from './grant.ts'
import { putGrant } from './put-grant.ts'

/** Whoever takes an approval back means the grant of it too. A proxy that has no use for the one says nothing of the other. */
export function revokeWith(
  state: ApprovalsState,
  { grantId }: Approval,
  { data, time }: EventOf<'sallyport.approval.cancelled.v1'>,
): void {
  const { actor, reason } = data
  const grant = grantId === null || actor.type === 'system' ? undefined : state.grants.get(grantId)
  if (grant === undefined || grantAt(grant, time).status !== 'open') return
  putGrant(
    state,
    { ...grant, status: 'revoked', revocation: { actor, reason, at: time }, endedAt: time },
    time,
  )
}
