import type { Approval } from '../api/types.ts'

/**
 * Whether two calls would do the very same: the same tool as it is defined now, of the same server, with the same
 * arguments. Their digests say it; the agents may differ.
 */
export function isAlike(one: Approval, other: Approval): boolean {
  const [left, right] = [one.binding, other.binding]
  return (
    one.approvalId !== other.approvalId &&
    left.argsDigest !== null &&
    left.argsDigest === right.argsDigest &&
    left.toolDigest === right.toolDigest &&
    left.upstream === right.upstream &&
    left.upstreamDigest === right.upstreamDigest &&
    left.action === right.action &&
    left.tenant === right.tenant
  )
}

/** Whether another call has nothing to show but what was shown of this one, also of what is not forwarded. */
export function showsTheSame(one: Approval, other: Approval): boolean {
  return one.whole === other.whole && JSON.stringify(one.parts) === JSON.stringify(other.parts)
}
