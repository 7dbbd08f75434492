import {
  type GuardrailsOf,
  guardrailsInForce,
  judge,
  permissionsAbout,
  RULE_FAILED,
  type Ruling,
  type RunningControlView,
  rulings,
} from '@sallyport/control'
import { type DecisionInput, type Evaluation, NO_POLICY, type Verdict } from '@sallyport/policy'
import type { DecisionPoint } from '@sallyport/rpc'
import { messageOf } from '@sallyport/runtime'

/** The control state may be stale or unreadable, so nothing can be judged. */
const CONTROL_FAULT = 'SP_DECISION_CONTROL_FAULT'

export interface JudgingPoint extends DecisionPoint {
  /** Why every answer is a fault now, or undefined. */
  fault(): string | undefined
  /** What `decide` answers to this, and every permission that covers the action: the one that decides comes first. */
  explain(input: DecisionInput): { readonly verdict: Verdict; readonly permissions: readonly Evaluation[] }
}

type View = Pick<RunningControlView, 'state' | 'fault' | 'offset' | 'settled'>

export interface JudgingOptions {
  /** Asked once for each control state; those in force unless given. */
  readonly guardrails?: GuardrailsOf
}

/**
 * Answers by the control state in force; denies, as a fault, while that cannot be trusted or cannot be read. An asker
 * that has read the control log further than this is answered once it has been read as far here.
 */
export function decisionPoint(
  control: View,
  { guardrails = guardrailsInForce }: JudgingOptions = {},
): JudgingPoint {
  const ruling = compiledOnce(control, guardrails)

  const answer = (input: DecisionInput): Verdict => {
    const fault = control.fault()
    if (fault !== undefined) return faulted(input, fault)
    const current = ruling()
    if (typeof current === 'string') return faulted(input, current)
    try {
      return judge(current, input)
    } catch {
      return ruleFailed(input)
    }
  }
  const behind = (controlOffset: number) =>
    controlOffset > control.offset() ? readAsFar(control, controlOffset) : undefined

  return {
    decide: (input) => behind(input.controlOffset)?.then(() => answer(input)) ?? answer(input),
    decideMany(inputs) {
      const furthest = inputs.reduce((most, { controlOffset }) => Math.max(most, controlOffset), 0)
      return behind(furthest)?.then(() => inputs.map(answer)) ?? inputs.map(answer)
    },
    explain(input) {
      const current = ruling()
      const permissions = typeof current === 'string' ? [] : permissionsAbout(current, input)
      return { verdict: answer(input), permissions }
    },
    fault() {
      const current = ruling()
      return control.fault() ?? (typeof current === 'string' ? current : undefined)
    },
  }
}

/** The control topic has one partition, so that its order is one for everybody. */
async function readAsFar(control: View, controlOffset: number): Promise<void> {
  try {
    await control.settled({ partition: 0, offset: controlOffset - 1 })
  } catch (cause) {
    // Passed meanwhile, without an outcome that is still known.
    if (control.offset() < controlOffset) throw cause
  }
}

/** The ruling by the state in force, compiled when the state has changed; or why it cannot be. */
function compiledOnce(control: View, guardrails: GuardrailsOf): () => Ruling | string {
  const compile = rulings(guardrails)
  let state: unknown
  let current: Ruling | string = 'nothing is in force yet'
  return () => {
    const next = control.state()
    const controlOffset = control.offset()
    if (next === state) {
      // The log went on and changed nothing: a proxy that has read as far must not take the ruling for an older one.
      if (typeof current !== 'string' && current.controlOffset !== controlOffset)
        current = { ...current, controlOffset }
      return current
    }
    state = next
    try {
      current = compile(next, controlOffset)
    } catch (reason) {
      current = `the rules in force cannot be read: ${messageOf(reason)}`
    }
    return current
  }
}

function faulted(input: DecisionInput, fault: string): Verdict {
  const reason = `a fault, not a judgement: the control state cannot be trusted (${fault})`
  return faultDenial(input, CONTROL_FAULT, reason)
}

function ruleFailed(input: DecisionInput): Verdict {
  const { recordedAction: action, upstream, gateway } = input
  const reason = `a fault, not a judgement: a rule failed on ${action} of ${gateway} at ${upstream}`
  return faultDenial(input, RULE_FAILED, reason)
}

function faultDenial({ risk }: DecisionInput, fault: string, reason: string): Verdict {
  return {
    outcome: 'deny',
    by: 'fault',
    rule: 'fault',
    reasons: [reason],
    risk,
    policyVersion: NO_POLICY,
    fault,
    needs: null,
    readsArguments: false,
    catalog: null,
    controlOffset: 0,
  }
}
