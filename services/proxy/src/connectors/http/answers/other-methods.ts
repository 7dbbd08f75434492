import { type DecisionInput, lessSpecificOf } from '@sallyport/policy'
import type { Candidate } from '../../../governing/denials/guide.ts'
import type { HttpCall } from '../message/http-call.ts'
import { nameRequest } from '../message/name-request.ts'

/** Those that agents use. Whatever else a permission allows is not advised. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** The other methods of the same API: an agent that may not write is told that it may read. */
export function otherMethods(
  { method, kind }: Pick<HttpCall, 'method' | 'kind'>,
  asked: DecisionInput,
): readonly Candidate[] {
  return METHODS.filter((other) => kind === 'websocket' || other !== method).map((name) => {
    const { action, recordedAction, risk } = nameRequest('request', name)
    const lessSpecific = lessSpecificOf(action)
    return {
      kind: 'method',
      name,
      input: { ...asked, action, recordedAction, lessSpecific, risk, findings: [] },
    }
  })
}
