import { isJsonObject, type JsonValue, type MemberEdit, memberText } from '@sallyport/jsonrpc'
import type { McpCall } from '../message/call.ts'
import { editCall } from '../message/edit-call.ts'
import type { RequestState, RequestStates, Round, Underneath } from './sealed-state.ts'

/** The client's answer to being asked to show its user the approval. */
export type Consent = 'accept' | 'decline' | 'cancel' | null

/** A round that the client comes back with. `held` is null where it was the upstream's. */
export type TakenRound = Round & Pick<RequestState, 'held'> & { readonly consent: Consent }

/** The call without what our own rounds have put into it. */
export interface TakenBack {
  readonly call: McpCall
  readonly round: TakenRound | null
}

/** The name of our input request. */
export const APPROVAL_INPUT = 'sallyport_approval'
const STATE = ['params', 'requestState']
const RESPONSES = ['params', 'inputResponses']

/**
 * Opens the `requestState` of a call. It is always one of ours: an upstream's goes out sealed too, so that neither can
 * be taken for the other. The call goes upstream as it was before the round, every lexeme unchanged. Undefined for a
 * state that was changed, is too old, or was somebody else's.
 */
export function takeBack(states: RequestStates, call: McpCall, now: Date): TakenBack | undefined {
  if (call.era !== 'stateless' || !call.canonical.includes('"requestState"')) return { call, round: null }
  const text = memberText(call.canonical, STATE)
  if (text === undefined) return { call, round: null }
  const sealed: unknown = JSON.parse(text)
  const state = typeof sealed === 'string' ? states.open(call, sealed, now) : undefined
  if (state === undefined) return undefined
  const { number, shown, held } = state
  const edits: MemberEdit[] = [{ path: STATE, text: stateText(state) }]
  if (held === null) return { call: editCall(call, edits), round: { number, shown, held, consent: null } }
  edits.push({ path: RESPONSES, text: state.inputResponses ?? undefined })
  return { call: editCall(call, edits), round: { number, shown, held, consent: consentIn(call) } }
}

function stateText({ requestState }: Underneath): string | undefined {
  return requestState === null ? undefined : JSON.stringify(requestState)
}

function consentIn({ canonical }: McpCall): Consent {
  const text = memberText(canonical, [...RESPONSES, APPROVAL_INPUT])
  const response: JsonValue = text === undefined ? null : JSON.parse(text)
  const action = isJsonObject(response) ? response['action'] : undefined
  return action === 'accept' || action === 'decline' || action === 'cancel' ? action : null
}

/** The members that a round of ours has to keep, because the SDKs overwrite them. */
export function underneath({ canonical }: McpCall): Underneath {
  const state = memberText(canonical, STATE)
  return {
    requestState: state === undefined ? null : (JSON.parse(state) as string),
    inputResponses: memberText(canonical, RESPONSES) ?? null,
  }
}
