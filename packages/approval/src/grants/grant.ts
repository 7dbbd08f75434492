import type { DataOf } from '@sallyport/events'
import type { GrantTerms, Selector } from '@sallyport/policy'
import { canonicalJson } from '@sallyport/runtime'
import type { Actor, Approval, Voter } from '../approval.ts'

type GivenData = DataOf<'sallyport.grant.given.v1'>
export type Caller = GivenData['caller']
/** What a call is bound to, and what it is held by. */
export type HeldCall = Pick<GivenData, 'binding' | 'caller' | 'rule' | 'reasons'>

/** `used_up`: none of its uses is left. */
export const GRANT_STATUSES = ['open', 'used_up', 'expired', 'revoked'] as const
export type GrantStatus = (typeof GRANT_STATUSES)[number]

/** Lets calls of one tool pass without a person, within its terms. Instants are RFC 3339, UTC. Never changed in place. */
export interface Grant {
  readonly grantId: string
  /** The approval that it was born of. */
  readonly approvalId: string
  /** Of that approval: the key of everything about the grant. */
  readonly callDigest: string
  readonly status: GrantStatus
  readonly terms: GrantTerms
  readonly gateway: GivenData['gateway']
  readonly connector: string
  readonly tool: string | null
  readonly risk: GivenData['risk']
  readonly held: HeldCall
  /** Those whose votes gave it, and what they counted for. */
  readonly approvers: readonly { readonly voter: Voter; readonly as: Selector; readonly name: string }[]
  readonly givenAt: string
  readonly until: string
  readonly used: number
  readonly lastUsedAt: string | null
  /** The actions that used it last: the same one does not count twice. */
  readonly usedBy: readonly string[]
  readonly revocation: { readonly actor: Actor; readonly reason: string; readonly at: string } | null
  /** When it ended before its time. */
  readonly endedAt: string | null
}

/** Every instance derives the same one, so that a grant that is given twice is given once. */
export function grantIdOf(approvalId: string): string {
  return `g-${approvalId}`
}

/**
 * The grant that every vote of an approval asks for; null where they differ, one of them is for this call alone, or no grant
 * may be born of it, as of one that was edited: its agent sends the next one unedited.
 */
export function agreedGrant({
  grantable,
  votes,
  edit,
}: Pick<Approval, 'grantable' | 'votes' | 'edit'>): GrantTerms | null {
  const [first] = votes
  if (grantable === undefined || edit !== null || first?.grant === undefined) return null
  const { grant } = first
  const text = canonicalJson(grant)
  const isSame = votes.every((vote) => vote.grant !== undefined && canonicalJson(vote.grant) === text)
  const hasSession = !grant.session || grantable.caller.session !== null
  return isSame && hasSession && grant.forMs <= grantable.withinMs ? grant : null
}

const GIVING: ReadonlySet<Approval['status']> = new Set(['approved', 'consumed', 'lapsed'])

/** What is still to be appended of an approval whose votes agree on a grant; undefined where it is given, or there is none. */
export function grantDue(approval: Approval): GivenData | undefined {
  const { approvalId, callDigest, grantId, answer, grantable, votes } = approval
  const terms = agreedGrant(approval)
  if (grantId !== null || terms === null || answer === null || grantable === undefined) return undefined
  if (!GIVING.has(approval.status)) return undefined
  const { gateway, connector, tool, risk, binding, rule, reasons } = approval
  return {
    grantId: grantIdOf(approvalId),
    approvalId,
    callDigest,
    terms: termsData(terms),
    until: new Date(Date.parse(answer.at) + terms.forMs).toISOString(),
    gateway,
    connector,
    tool,
    risk,
    binding,
    caller: grantable.caller,
    rule,
    reasons: [...reasons],
    approvers: votes.map(({ actor }) => actor.name),
  }
}

/** The grant as it stands at `at`. */
export function grantAt(grant: Grant, at: string): Grant {
  if (grant.status !== 'open' || Date.parse(at) < Date.parse(grant.until)) return grant
  return { ...grant, status: 'expired', endedAt: grant.until }
}

/** How many uses are left; null without a limit. */
export function usesLeft({ terms, used }: Grant): number | null {
  return terms.uses === null ? null : Math.max(0, terms.uses - used)
}

/**
 * Whether a call is one of those that a grant was given for, whatever its arguments are: the same gateway with the same
 * credential, upstream, action, tool definition and permissions, held by the same rule for the same reasons, for the same
 * person, and in the same session where the terms say so.
 */
export function coversCall({ held, terms }: Pick<Grant, 'held' | 'terms'>, call: HeldCall): boolean {
  return factsOf(held, terms) === factsOf(call, terms)
}

function factsOf({ binding, caller, rule, reasons }: HeldCall, { session }: GrantTerms): string {
  const { tenant, gatewayId, upstream, upstreamDigest, action, toolDigest, policyVersion } = binding
  const bound = { tenant, gatewayId, upstream, upstreamDigest, action, toolDigest, policyVersion }
  const { credential, principal } = caller
  return canonicalJson({
    ...bound,
    credential,
    principal,
    session: session ? caller.session : null,
    rule,
    reasons: [...reasons],
  })
}

function termsData(terms: GrantTerms): GivenData['terms'] {
  const { arguments: given } = terms
  return { ...terms, arguments: given && { ...given, where: [...given.where] } }
}
