import type { ApprovalTerms } from './approval/terms.ts'
import { type Evaluation, NO_PERMISSION } from './evaluate-action.ts'
import { type KillSwitchScope, type KillSwitchState, killSwitchBlocks } from './kill-switch.ts'
import { isOwnAction } from './own-action.ts'
import type { ActionRequest, Policy } from './policy.ts'
import type { Outcome, PolicyVersion, Risk } from './words.ts'

/** What the decision service answers to a `DecisionInput`. */
export interface Verdict {
  readonly outcome: Outcome
  readonly by: Judge
  /** What gave it, such as `permission mcp.tools.read_*`. */
  readonly rule: string
  readonly reasons: readonly string[]
  /** On a hold: what it asks of the approval. Absent: one vote of anyone who may answer. */
  readonly terms?: ApprovalTerms
  readonly risk: Risk
  readonly policyVersion: PolicyVersion
  /** An `SP_…` code when the denial is a fault of ours and not a judgement. */
  readonly fault: string | null
  /** On a denial: it may become another verdict when the asker tells this, and asks once more with it. */
  readonly needs: Need | null
  /** Whether a rule in force reads the arguments of this action, so that the next question should bring them along. */
  readonly readsArguments: boolean
  /** What the catalog says of the tool; null where it was not looked up. */
  readonly catalog: { readonly status: string; readonly mode: string } | null
  /** How far the control log had been folded when it was given; 0 when it was not looked at. */
  readonly controlOffset: number
}

/**
 * The layers that judge, in their order: `gateway` and `upstream` say whether these are who the asker takes them for,
 * `approver` whether whoever approved it still may.
 * `fault`: none of them judged, as something of ours failed.
 */
export const JUDGES = [
  'kill_switch',
  'gateway',
  'upstream',
  'permissions',
  'catalog',
  'guardrails',
  'approver',
  'fault',
] as const
export type Judge = (typeof JUDGES)[number]

/** `arguments`: a rule in force reads them. `listing`: the catalog does not know what is used. */
export type Need = 'arguments' | 'listing'

/** What kill switch and permissions say. `askFor`, on a deny, tells the agent whose word gives access. */
export interface PermissionVerdict extends Evaluation {
  readonly by: 'kill_switch' | 'permissions'
  readonly policyVersion: PolicyVersion
  readonly askFor?: string
}

export interface PermissionQuestion {
  readonly policy: Policy
  readonly killSwitch: KillSwitchState
  readonly request: ActionRequest
}

/** The kill switch first, above even what is built in; then the permissions. */
export function judgeByPermissions({ policy, killSwitch, request }: PermissionQuestion): PermissionVerdict {
  const gateway = policy.forGateway(request.gatewayId)
  const { version, ownVersion = version } = gateway
  const policyVersion = isOwnAction(request.action) ? ownVersion : version
  const scope = killSwitchBlocks(killSwitch, request)
  if (scope !== null) return { ...stopped(scope), by: 'kill_switch', policyVersion }

  const evaluation = gateway.evaluate(request)
  if (evaluation.outcome !== 'deny') return { ...evaluation, by: 'permissions', policyVersion }
  return { ...evaluation, by: 'permissions', policyVersion, askFor: howToAsk(evaluation, request) }
}

function stopped(scope: KillSwitchScope): Evaluation & { readonly askFor: string } {
  return {
    outcome: 'deny',
    rule: `kill_switch:${scope}`,
    reasons: [`the kill switch is on for ${scope}`],
    askFor: 'an administrator of Sallyport can turn it off',
  }
}

/** The agent reads this. It says that a person is needed and for what, and never with which command. */
function howToAsk(evaluation: Evaluation, { gateway, upstream }: ActionRequest): string {
  if (evaluation.rule !== NO_PERMISSION)
    return `an administrator of Sallyport can change "${evaluation.rule}"`
  return `an administrator of Sallyport can permit it to gateway ${gateway} on upstream ${upstream}`
}
