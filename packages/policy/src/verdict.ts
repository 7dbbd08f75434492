import { type KillSwitchScope, type KillSwitchState, killSwitchBlocks } from './kill-switch.ts'
import { MAX_PATTERN_LENGTH } from './pattern.ts'
import { type ActionRequest, type Evaluation, NO_PERMISSION, type Policy } from './policy.ts'
import { riskOf } from './risk.ts'
import type { Risk } from './risk-of-name.ts'

/** What the decision service answers. `askFor`, on a deny, tells the agent's owner how to get access. */
export interface Verdict extends Evaluation {
  readonly risk: Risk
  readonly policyVersion: string
  readonly askFor?: string
}

export interface VerdictInput {
  readonly policy: Policy
  readonly killSwitch: KillSwitchState
  readonly request: ActionRequest
}

/** The kill switch first, above even what is built in; then the permissions. */
export function verdict({ policy, killSwitch, request }: VerdictInput): Verdict {
  const gateway = policy.forGateway(request.gateway)
  const risk = riskOf(request.action)
  const policyVersion = gateway.version
  const scope = killSwitchBlocks(killSwitch, request)
  if (scope !== null) return { ...stopped(scope), risk, policyVersion }

  const evaluation = gateway.evaluate(request)
  if (evaluation.outcome !== 'deny') return { ...evaluation, risk, policyVersion }
  return { ...evaluation, risk, policyVersion, askFor: howToAsk(evaluation, request) }
}

function stopped(scope: KillSwitchScope): Evaluation & { readonly askFor: string } {
  return {
    outcome: 'deny',
    rule: `kill_switch:${scope}`,
    reasons: [`the kill switch is on for ${scope}`],
    askFor: `an administrator lifts it with: sallyport kill off --scope ${scope}`,
  }
}

function howToAsk(evaluation: Evaluation, request: ActionRequest): string {
  if (evaluation.rule !== NO_PERMISSION) return `an administrator can change "${evaluation.rule}"`
  if (!QUOTABLE.test(request.action)) return 'ask an administrator for a permission that covers this action'
  const { gateway, upstream, action } = request
  return `ask an administrator for: sallyport permissions set --gateway ${gateway} --upstream ${upstream} --action '${action}' --decision require_approval`
}

/** An agent chooses the action's name and a person may paste the line into a shell. */
const QUOTABLE = new RegExp(`^[A-Za-z0-9_.%$-]{1,${MAX_PATTERN_LENGTH}}$`)
