import { type ControlView, compileGuardrails, type Guardrail, judge } from '@sallyport/control'
import {
  type DecisionInput,
  type Evaluation,
  type GatewayPolicy,
  isOwnAction,
  type Outcome,
  type Policy,
  type Verdict,
} from '@sallyport/policy'
import type { DecisionPoint } from '@sallyport/rpc'

const LISTS = new Set([
  'mcp.tools.list',
  'mcp.prompts.list',
  'mcp.resources.list',
  'mcp.resources.templates_list',
])

/**
 * Judges like the decision service by the control state it is given, except that permissions are a table of action
 * names. An action outside the table is allowed when it is handshake or discovery, and denied otherwise. In lists it is
 * allowed.
 */
export class FixedDecision implements DecisionPoint {
  /** Whence it says that it judged; undefined for the end of the log. */
  offset: number | undefined
  readonly outcomes = new Map<string, Outcome>()
  readonly asked: DecisionInput[] = []
  guardrails: readonly Guardrail[] = []
  policyVersion = 'p-1'
  failure: Error | undefined
  /** For actions that are not in the table. */
  fallback: Outcome = 'deny'
  /** Set by whoever starts the proxy. */
  control: Pick<ControlView, 'state' | 'offset'> | undefined

  decide(input: DecisionInput): Verdict {
    this.asked.push(input)
    return this.#judge(input, this.fallback)
  }

  decideMany(inputs: readonly DecisionInput[]): readonly Verdict[] {
    return inputs.map((input) => this.#judge(input, 'allow'))
  }

  #judge(input: DecisionInput, fallback: Outcome): Verdict {
    if (this.failure) throw this.failure
    if (this.control === undefined) throw new TypeError('it was given no control state')
    const ruling = {
      state: this.control.state(),
      policy: this.policy(fallback),
      guardrails: compileGuardrails(this.guardrails),
      controlOffset: this.offset ?? this.control.offset(),
    }
    return judge(ruling, input)
  }

  /** The table as permissions. */
  policy(fallback: Outcome): Policy {
    const evaluate: GatewayPolicy['evaluate'] = ({ action }) => this.#evaluate(action, fallback)
    const gateway = { version: this.policyVersion, evaluate, rank: () => [] }
    return { forGateway: () => gateway, evaluate, policyVersion: () => this.policyVersion }
  }

  #evaluate(action: string, fallback: Outcome): Evaluation {
    const isProtocol = action.startsWith('mcp.rpc.') && action !== 'mcp.rpc.unknown'
    const others = isOwnAction(action) ? 'deny' : fallback
    const outcome = this.outcomes.get(action) ?? (isProtocol || LISTS.has(action) ? 'allow' : others)
    const rule = this.outcomes.has(action) ? `permission ${action}` : 'no permission'
    return { outcome, rule, reasons: [`${rule} means ${outcome}`] }
  }
}
