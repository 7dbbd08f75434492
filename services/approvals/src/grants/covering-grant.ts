import { callDigest, coversCall, type Grant, usesLeft } from '@sallyport/approval'
import type { ControlState } from '@sallyport/control'
import { fitsArguments, type GrantedArguments, parseWhere } from '@sallyport/policy'
import type { RequestApproval } from '@sallyport/rpc'
import type { ApprovalsFold } from '../approvals-fold.ts'
import { excludedFrom } from '../domain/excluded.ts'
import type { ShownCalls } from '../shown-calls.ts'

export interface CoveringNeeds {
  readonly fold: Pick<ApprovalsFold, 'openGrants'>
  readonly state: Pick<ControlState, 'gateways' | 'persons'>
  /** Opens the arguments of the call. */
  readonly shown: Pick<ShownCalls, 'documentOf'>
  readonly now: Date
}

/**
 * A grant that covers a call, so that nobody has to be asked: one without a number of uses before one that has them.
 * Whether those who gave it still may is for the decision layer, which knows it as of the moment of the use.
 */
export async function coveringGrant(
  request: RequestApproval,
  { fold, state, shown, now }: CoveringNeeds,
): Promise<Grant | undefined> {
  const { binding, caller, rule, reasons, exceptGrants = [] } = request
  if (caller === undefined) return undefined
  const call = { binding, caller, rule, reasons: [...reasons] }
  const open = fold.openGrants(binding.gatewayId, now.toISOString())
  if (open.length === 0) return undefined
  const excluded = new Set(excludedFrom(state, request).map(({ personId }) => personId))
  const candidates = open
    .filter(({ grantId }) => !exceptGrants.includes(grantId))
    .filter((grant) => coversCall(grant, call))
    .filter(({ approvers }) => !approvers.some(({ voter }) => excluded.has(voter.personId ?? '')))
    .sort((a, b) => Number(usesLeft(a) !== null) - Number(usesLeft(b) !== null))
  const [first] = candidates
  if (first === undefined || first.terms.arguments === null) return first
  const given = await argumentsOf(request, shown)
  return candidates.find(({ terms }) => terms.arguments === null || fits(terms.arguments, given))
}

/** Longer ones are not compared: a person looks at them. */
const MOST_COMPARED = 1024 * 1024
const UNKNOWN = Symbol('unknown')

async function argumentsOf(
  { binding, sealedArguments }: RequestApproval,
  shown: CoveringNeeds['shown'],
): Promise<unknown> {
  if (sealedArguments === undefined || sealedArguments.length > MOST_COMPARED) return UNKNOWN
  const held = { callDigest: callDigest(binding), edit: null, sealedArguments } as const
  const document = await shown.documentOf(held)
  return document === undefined ? UNKNOWN : document.arguments
}

function fits({ where, others }: GrantedArguments, given: unknown): boolean {
  return given !== UNKNOWN && fitsArguments(parseWhere(where, others), given)
}
