import { retry } from '@sallyport/runtime'
import { ApiProblem } from '../errors.ts'

/** A registration is in force in every process of a fleet within a second. Until then it may be unknown. */
export function onceInForce<T>(act: () => Promise<T>, deadlineMs = 5000): Promise<T> {
  return retry(act, { firstMs: 50, longestMs: 200, deadlineMs, isFinal: (reason) => !isUnknown(reason) })
}

/** The API's answer, or the SDK's error, which has the status as its code. */
function isUnknown(reason: unknown): boolean {
  const status = reason instanceof ApiProblem ? reason.problem.status : (reason as { code?: unknown }).code
  return status === 401 || status === 404
}
