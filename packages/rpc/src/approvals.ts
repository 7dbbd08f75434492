import type { ApprovalStatus, Caller } from '@sallyport/approval'
import type { ApprovalTerms, Approver, Outcome, PolicyVersion, Risk } from '@sallyport/policy'

export type { ApprovalStatus, Caller }

/** What an approval is bound to; see `callDigest` in @sallyport/approval. */
export interface Binding {
  readonly tenant: string
  readonly gatewayId: string
  readonly upstream: string
  /** SHA-256 (hex) of what is registered under that name now. */
  readonly upstreamDigest: string
  readonly action: string
  readonly argsDigest: string | null
  readonly toolDigest: string | null
  readonly policyVersion: PolicyVersion
}

/** An action that came before in the same session, as the proxy that asks has recorded it. */
export interface EarlierAction {
  readonly actionId: string
  /** RFC 3339, of its first decision. */
  readonly at: string
  readonly upstream: string
  readonly action: string
  readonly verdict: Outcome
  /** ok, tool_error, rpc_error, upstream_error, timeout or aborted; null where none is known yet. */
  readonly outcome: string | null
}

/** The last actions of a session, the oldest first, and how many more the proxy knows to have come before them. */
export interface SoFar {
  readonly actions: readonly EarlierAction[]
  readonly more: number
}

export interface RequestApproval {
  readonly binding: Binding
  readonly actionId: string
  readonly gateway: string
  readonly connector: string
  readonly tool: string | null
  readonly risk: Risk
  readonly rule: string
  readonly reasons: readonly string[]
  /** Redacted. */
  readonly arguments: unknown
  /** Their JSON text, where they have numbers that JavaScript would write differently. */
  readonly argumentsText?: string
  /** The `_meta` of an MCP message as JSON text, redacted. */
  readonly meta?: string
  /** The whole arguments and `_meta`, for whoever may answer: see `ArgumentSeal` in @sallyport/approval. */
  readonly sealedArguments?: string
  readonly client: { readonly name: string; readonly version: string } | null
  /** Whether other arguments can be put in the place of these. */
  readonly editable?: true
  /** Whose votes it takes, and its times. Absent: one vote of anyone, in the time of the installation. */
  readonly terms?: ApprovalTerms
  /** Whom the agent acts for, as the issuer of its access token names them. Absent where it is not known. */
  readonly principal?: { readonly issuer: string; readonly subject: string }
  /** What its agent did before. Absent where a proxy of an earlier release asks. */
  readonly soFar?: SoFar
  /** What a grant would be bound to. Absent: none may be born of the call, and none covers it. */
  readonly caller?: Caller
  /** Grants that cannot be used for this call: it was tried. */
  readonly exceptGrants?: readonly string[]
}

/** The last edit of a held call: other arguments in the place of those that the agent sent. */
export interface HeldEdit {
  /** The call digest with the new arguments: what people vote on, and what a claim names. */
  readonly digest: string
  /** The name of whoever edited it. */
  readonly by: string
  readonly reason: string | null
  /** The whole new arguments, sealed under `digest`; null before the call is approved. */
  readonly sealedArguments: string | null
}

export interface ApprovalState {
  readonly approvalId: string
  readonly callDigest: string
  readonly status: ApprovalStatus
  /** The name of whoever gave the vote that decided. */
  readonly answeredBy: string | null
  readonly answerReason: string | null
  /** Those whose votes to approve counted. */
  readonly approvers: readonly Approver[]
  /** Their names, in the order of their votes. */
  readonly approverNames: readonly string[]
  /** Why nobody can answer it as things are; null where somebody can, or it is not pending. */
  readonly unanswerable: string | null
  /** RFC 3339. */
  readonly expiresAt: string
  /** RFC 3339; null before it was approved. */
  readonly usableUntil: string | null
  /** True when a request found an approval that was already open for the same call. */
  readonly attached: boolean
  /** Null where what runs is the call as it was asked for. */
  readonly edit: HeldEdit | null
  /**
   * A grant that covers the call that was asked about, so that nobody has to be asked. Then the rest tells the approval
   * that it was born of, as approved, but for the call's own digest.
   */
  readonly grant?: OfferedGrant
}

export interface OfferedGrant {
  readonly grantId: string
  /** RFC 3339. */
  readonly until: string
}

export interface UseGrant {
  readonly grantId: string
  readonly actionId: string
  readonly claimant: string
  readonly binding: Binding
  readonly caller: Caller
  /** What the call is held by. */
  readonly rule: string
  readonly reasons: readonly string[]
}

export type GrantUse = { readonly used: true } | { readonly used: false; readonly reason: string }

export interface ClaimApproval {
  readonly approvalId: string
  readonly callDigest: string
  readonly actionId: string
  readonly claimant: string
  /** What will be forwarded: the digest of the edit. Absent: the call as it was asked for. */
  readonly digest?: string
}

export type ClaimResult =
  | { readonly claimed: true; readonly state: ApprovalState }
  | { readonly claimed: false; readonly reason: string; readonly state: ApprovalState | null }

/**
 * The approvals service as proxies see it, in process or over gRPC. Each call rejects with a `SallyportError`:
 * `unavailable` when it can be tried again, `not_found` or `conflict` when it cannot.
 */
export interface ApprovalsPoint {
  requestApproval(request: RequestApproval): Promise<ApprovalState>
  claimApproval(claim: ClaimApproval): Promise<ClaimResult>
  /** Takes one use of a grant for a call that it covers. The same action may ask twice, and uses it once. */
  useGrant(use: UseGrant): Promise<GrantUse>
  cancelApproval(approvalId: string, reason: string): Promise<ApprovalState>
  /** Unknown ids are left out. */
  getApprovals(approvalIds: readonly string[]): Promise<readonly ApprovalState[]>
}
