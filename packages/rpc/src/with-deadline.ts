import type { Decision, DecisionPoint } from './decision.ts'
import { timedOut, unavailable, unreadable } from './faults.ts'

/** How long a decision may take where nothing else is said. */
export const DEFAULT_DEADLINE_MS = 250

const OUTCOMES: ReadonlySet<string> = new Set(['allow', 'deny', 'hold'])

/** A point that always answers: what is late, thrown or no verdict is a deny with a fault. */
export function withDeadline(point: DecisionPoint, deadlineMs = DEFAULT_DEADLINE_MS): DecisionPoint {
  return {
    decide(request) {
      try {
        const decision = point.decide(request)
        return decision instanceof Promise ? inTime(decision, deadlineMs) : checked(decision)
      } catch {
        return failed()
      }
    },
  }
}

async function inTime(decision: Promise<Decision>, deadlineMs: number): Promise<Decision> {
  const late = Promise.withResolvers<Decision>()
  const timer = setTimeout(() => late.resolve(timedOut(deadlineMs)), deadlineMs)
  try {
    return checked(await Promise.race([decision, late.promise]))
  } catch {
    return failed()
  } finally {
    clearTimeout(timer)
  }
}

function checked(decision: Decision): Decision {
  return OUTCOMES.has(decision.outcome) ? decision : unreadable()
}

function failed(): Decision {
  return unavailable('the decision service failed while deciding')
}
