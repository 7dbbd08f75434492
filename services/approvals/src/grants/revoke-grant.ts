import type { Actor, Grant } from '@sallyport/approval'
import type { ApprovalsFold } from '../approvals-fold.ts'
import { GrantEnded, GrantNotFound } from '../errors.ts'
import { grantRef, grantRevokedIntent } from './intents.ts'

export interface RevokeGrant {
  readonly grantId: string
  readonly actor: Actor
  readonly reason: string
}

/** Resolves with the grant once no use is taken of it any more. Rejects with GrantNotFound or GrantEnded. */
export async function revokeGrant(
  fold: ApprovalsFold,
  { grantId, actor, reason }: RevokeGrant,
  at: Date,
): Promise<Grant> {
  const grant = await fold.findGrant(grantId)
  if (!grant) throw new GrantNotFound()
  const outcome = await fold.submit(grantRevokedIntent(grantRef(grant), actor, reason, at))
  if (!outcome.accepted) throw new GrantEnded(outcome.reason)
  return (await fold.findGrant(grantId)) ?? grant
}
