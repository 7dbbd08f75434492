import type { Approval } from '@sallyport/approval'

/** Which approvals of a list are wanted, beside their status and gateway. */
export interface ListFilter {
  /** All of these words occur in what names it: agent, server, action, rule or id. */
  readonly text?: string | undefined
  readonly risk?: Approval['risk'] | undefined
  /** Asked for at least so long ago, in milliseconds. */
  readonly waitedFromMs?: number | undefined
  /** And less than so long ago. */
  readonly waitedToMs?: number | undefined
  /** With the very same arguments. */
  readonly argsDigest?: string | undefined
}

/** Whether an approval is wanted; undefined where every one is. */
export function listFilter(filter: ListFilter, now: Date): ((approval: Approval) => boolean) | undefined {
  const { text = '', risk, waitedFromMs, waitedToMs, argsDigest } = filter
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const since = waitedToMs === undefined ? undefined : ago(now, waitedToMs)
  const until = waitedFromMs === undefined ? undefined : ago(now, waitedFromMs)
  const all = [words[0], risk, since, until, argsDigest]
  if (all.every((one) => one === undefined)) return undefined
  return (approval) =>
    (risk === undefined || approval.risk === risk) &&
    (since === undefined || approval.requestedAt > since) &&
    (until === undefined || approval.requestedAt <= until) &&
    (argsDigest === undefined || approval.binding.argsDigest === argsDigest) &&
    (words.length === 0 || hasAll(words, approval))
}

const ago = (now: Date, ms: number): string => new Date(now.getTime() - ms).toISOString()

function hasAll(words: readonly string[], { gateway, binding, approvalId, rule }: Approval): boolean {
  const named = `${gateway.name} ${binding.upstream} ${binding.action} ${approvalId} ${rule}`.toLowerCase()
  return words.every((word) => named.includes(word))
}
