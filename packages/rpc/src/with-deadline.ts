import { type DecisionInput, OUTCOMES, type Verdict } from '@sallyport/policy'
import { afterLoopTime } from '@sallyport/runtime'
import type { DecisionPoint } from './decision.ts'
import { timedOut, unavailable, unreadable } from './faults.ts'

/** How long a decision may take where nothing else is said: a machine with far more to do than it can meets it too. */
export const DEFAULT_DEADLINE_MS = 5000

const KNOWN: ReadonlySet<string> = new Set(OUTCOMES)

/**
 * A point that always answers: what is late, thrown or not a verdict is a deny with a fault. `deadlineMs` of the event
 * loop's time: what came while the process was stopped is not late.
 */
export function withDeadline(point: DecisionPoint, deadlineMs = DEFAULT_DEADLINE_MS): DecisionPoint {
  return {
    decide(input) {
      try {
        const verdict = point.decide(input)
        if (!(verdict instanceof Promise)) return checked(verdict)
        return inTime(verdict.then(checked), deadlineMs, (stand) => stand)
      } catch {
        return failed()
      }
    },
    decideMany(inputs) {
      const check = (verdicts: readonly Verdict[]) =>
        verdicts.length === inputs.length ? verdicts.map(checked) : inputs.map(unreadable)
      try {
        const verdicts = point.decideMany(inputs)
        if (!(verdicts instanceof Promise)) return check(verdicts)
        return inTime(verdicts.then(check), deadlineMs, (stand) => each(inputs, stand))
      } catch {
        return inputs.map(failed)
      }
    },
  }
}

/** `answerOf` makes an answer of the denial that stands in for it. */
async function inTime<Answer>(
  answer: Promise<Answer>,
  deadlineMs: number,
  answerOf: (stand: Verdict) => Answer,
): Promise<Answer> {
  const late = Promise.withResolvers<Answer>()
  const forget = afterLoopTime(deadlineMs, () => late.resolve(answerOf(timedOut(deadlineMs))))
  try {
    return await Promise.race([answer, late.promise])
  } catch {
    return answerOf(failed())
  } finally {
    forget()
  }
}

function each(inputs: readonly DecisionInput[], verdict: Verdict): readonly Verdict[] {
  return inputs.map(() => verdict)
}

function checked(verdict: Verdict): Verdict {
  return KNOWN.has(verdict.outcome) ? verdict : unreadable()
}

function failed(): Verdict {
  return unavailable('the decision service failed while deciding')
}
