import { setTimeout as delay } from 'node:timers/promises'
import { ApiProblem } from '../errors.ts'

const MOST_TRIES = 50
const PAUSE_MS = 100

/** What was just registered is in force in every process of a fleet within a second; until then it may be unknown. */
export async function onceInForce<T>(act: () => Promise<T>, pauseMs = PAUSE_MS): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await act()
    } catch (reason) {
      if (tries === MOST_TRIES || !isUnknown(reason)) throw reason
    }
    await delay(pauseMs)
  }
}

/** The API's answer, or the SDK's error, which has the status as its code. */
function isUnknown(reason: unknown): boolean {
  const status = reason instanceof ApiProblem ? reason.problem.status : (reason as { code?: unknown }).code
  return status === 401 || status === 404
}
