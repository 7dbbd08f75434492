import { type ApprovalTerms, byTermsStrictness } from './approval/terms.ts'
import { CONNECTORS } from './connectors/index.ts'
import type { Decision } from './words.ts'

/** The upstream that a permission is bound to. A permission that waits for its upstream has no id and applies to nothing. */
export interface BoundUpstream {
  readonly id: string | null
  readonly name: string
}

/**
 * What a gateway may do. `gateway` is a name or `*`, and `gatewayId` the one of that name that it is bound to; `upstream` is one upstream or null for every one; `connector` is
 * a kind such as `mcp` or `*`; `action` is a pattern. Built-in ones apply only where no explicit one matches.
 */
export interface Permission {
  readonly id: string
  readonly gateway: string
  /** Null for `*`, and while it waits for a gateway of the name: then it applies to nothing. */
  readonly gatewayId: string | null
  readonly upstream: BoundUpstream | null
  readonly connector: string
  readonly action: string
  readonly decision: Decision
  /** What it asks of an approval. Absent: one vote of anyone who may answer. */
  readonly approval?: ApprovalTerms
  readonly origin: 'explicit' | 'builtin'
}

const STRICTNESS: Record<Decision, number> = { deny: 2, require_approval: 1, allow: 0 }

type Decided = Pick<Permission, 'decision' | 'approval'>

/** Sorts the stricter first: deny, require_approval, allow; of two that ask a person, by their terms. */
export function byStrictness(a: Decided, b: Decided): number {
  const difference = STRICTNESS[b.decision] - STRICTNESS[a.decision]
  if (difference !== 0 || a.decision !== 'require_approval') return difference
  return byTermsStrictness(a.approval ?? null, b.approval ?? null)
}

/** What each connector says is allowed to every gateway. */
export const BUILTIN_PERMISSIONS: readonly Permission[] = [...CONNECTORS.values()].flatMap(
  ({ kind, builtin }) =>
    builtin.map((action) => ({
      id: `builtin:${action}`,
      gateway: '*',
      gatewayId: null,
      upstream: null,
      connector: kind,
      action,
      decision: 'allow' as const,
      origin: 'builtin' as const,
    })),
)
