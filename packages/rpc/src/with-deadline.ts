import type { DecideRequest, Decision, DecisionPoint } from './decision.ts'
import { DecisionFailed, DecisionTimeout } from './errors.ts'
import { faultDecision } from './fault-decision.ts'

/** A point that always answers: what is late or thrown is a deny with a fault. An answer at once stays at once. */
export function withDeadline(point: DecisionPoint, deadlineMs: number): DecisionPoint {
  return {
    decide(request) {
      try {
        const decision = point.decide(request)
        return decision instanceof Promise ? inTime(decision, request, deadlineMs) : decision
      } catch (cause) {
        return faultDecision(request, new DecisionFailed({ cause }))
      }
    },
  }
}

async function inTime(
  decision: Promise<Decision>,
  request: DecideRequest,
  deadlineMs: number,
): Promise<Decision> {
  const late = Promise.withResolvers<Decision>()
  const timer = setTimeout(
    () => late.resolve(faultDecision(request, new DecisionTimeout(deadlineMs))),
    deadlineMs,
  )
  try {
    return await Promise.race([decision, late.promise])
  } catch (cause) {
    return faultDecision(request, new DecisionFailed({ cause }))
  } finally {
    clearTimeout(timer)
  }
}
