import type { ControlView } from '@sallyport/control'
import type { ApprovalState } from '@sallyport/rpc'

/** Whether the token that answered was revoked since. Its user may have been somebody else. */
export function answererRevoked({ answeredBy }: ApprovalState, control: Pick<ControlView, 'state'>): boolean {
  const token = answeredBy === null ? undefined : control.state().tokens.get(answeredBy)
  return token !== undefined && token.revokedAt !== null
}
