import type { Caller } from '@sallyport/rpc'
import { canonicalJson, sha256Hex } from '@sallyport/runtime'
import type { Action } from '../../domain/action.ts'
import { gatewayMark } from '../decision-input.ts'

/** Every JSON text begins so. Texts of more than arguments, such as a client's answer to a question, do not. */
const JSON_TEXT = /^[[{"\-\dtfn]/

/**
 * What a grant for calls like this one is bound to. Undefined where there is none, as its name and its arguments do not say
 * all of it: the recorded name is another one, something beside the arguments goes upstream, or a body was not read. Nor for a
 * tool of Sallyport's own, which gives rights.
 */
export function callerOf(call: Action): Caller | undefined {
  const { gateway, session, action, recordedAction, boundMeta, argumentsText, argumentsUnread } = call
  if (call.own === true || action !== recordedAction || boundMeta !== null || argumentsUnread !== null)
    return undefined
  if (argumentsText === null || !JSON_TEXT.test(argumentsText)) return undefined
  const { principal } = gateway
  return {
    credential: gatewayMark(gateway),
    session: session?.label ?? null,
    principal: principal ? sha256Hex(canonicalJson([principal.issuer, principal.subject])) : null,
  }
}
