/** What becomes of an action: it goes on, it does not, or a person is asked first. */
export const OUTCOMES = ['allow', 'deny', 'hold'] as const
export type Outcome = (typeof OUTCOMES)[number]

export const RISKS = ['low', 'medium', 'high'] as const
export type Risk = (typeof RISKS)[number]

/** What a person can be: see `docs/reference/roles.md`. */
export const ROLES = ['owner', 'admin', 'approver', 'analyst', 'viewer'] as const
export type Role = (typeof ROLES)[number]

/** By what an approval names those who may answer it. */
export const SELECTOR_KINDS = ['group', 'role', 'person', 'anyone'] as const
export type SelectorKind = (typeof SELECTOR_KINDS)[number]

/** What a permission says. */
export const DECISIONS = ['allow', 'deny', 'require_approval'] as const
export type Decision = (typeof DECISIONS)[number]

/** `p-` and 16 hex digits over the rules that can apply to a gateway; equal rules, equal version. */
export type PolicyVersion = string

/** The policy version of a verdict that no rule was asked about. */
export const NO_POLICY: PolicyVersion = 'none'
