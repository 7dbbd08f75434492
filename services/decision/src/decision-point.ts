import { type Guardrail, judge, type Ruling, type RunningControlView, rulingOf } from '@sallyport/control'
import { type DecisionInput, NO_POLICY, type Verdict } from '@sallyport/policy'
import type { DecisionPoint } from '@sallyport/rpc'
import { messageOf } from '@sallyport/runtime'

/** The control state may be stale or unreadable, so nothing can be judged. */
const CONTROL_FAULT = 'SP_DECISION_CONTROL_FAULT'

/** A rule failed on this action, so it was denied without being judged. */
const RULE_FAILED = 'SP_DECISION_RULE_FAILED'

export interface JudgingPoint extends DecisionPoint {
  /** Why every answer is a fault now, or undefined. */
  fault(): string | undefined
}

type View = Pick<RunningControlView, 'state' | 'fault' | 'offset' | 'settled'>

export interface JudgingOptions {
  /** Read once for each control state. */
  readonly guardrails?: readonly Guardrail[]
}

/**
 * Answers by the control state in force; denies, as a fault, while that cannot be trusted or cannot be read. An asker
 * that has read the control log further than this is answered once it has been read as far here.
 */
export function decisionPoint(control: View, { guardrails }: JudgingOptions = {}): JudgingPoint {
  const ruling = compiledOnce(control, guardrails)

  const answer = (input: DecisionInput): Verdict => {
    const fault = control.fault()
    if (fault !== undefined) return faulted(input, fault)
    const current = ruling()
    if (typeof current === 'string') return faulted(input, current)
    try {
      return judge(current, input)
    } catch (reason) {
      return ruleFailed(input, reason)
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
function compiledOnce(control: View, guardrails: readonly Guardrail[] | undefined): () => Ruling | string {
  const rules = guardrails && { guardrails }
  let state: unknown
  let last: Ruling | undefined
  let current: Ruling | string = 'nothing is in force yet'
  return () => {
    const next = control.state()
    if (next === state) return current
    state = next
    try {
      last = rulingOf(next, control.offset(), { ...rules, ...(last && { before: last }) })
      current = last
    } catch (reason) {
      current = `the permissions in force cannot be read: ${messageOf(reason)}`
    }
    return current
  }
}

function faulted(input: DecisionInput, fault: string): Verdict {
  const reason = `a fault, not a judgement: the control state cannot be trusted (${fault})`
  return faultDenial(input, CONTROL_FAULT, reason)
}

function ruleFailed(input: DecisionInput, reason: unknown): Verdict {
  const { action, upstream, gateway } = input
  // The message of whatever was thrown may hold a part of the arguments.
  const what = reason instanceof Error ? reason.name : 'an error'
  return faultDenial(
    input,
    RULE_FAILED,
    `a fault, not a judgement: a rule failed (${what}) on ${action} of ${gateway} at ${upstream}`,
  )
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
    catalog: null,
    controlOffset: 0,
  }
}
