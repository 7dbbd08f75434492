import { CONNECTORS, HTTP_WEBSOCKET_ACTION, httpAction, type Risk, riskOf } from '@sallyport/policy'
import type { HttpCall } from './http-call.ts'

export interface RequestName {
  readonly action: string
  readonly recordedAction: string
  readonly lessSpecific: readonly string[]
  readonly risk: Risk
}

const NONE: readonly string[] = []

/** The action of a request: its method, or the WebSocket that it opens. */
export function nameRequest(kind: HttpCall['kind'], method: string): RequestName {
  const action = kind === 'websocket' ? HTTP_WEBSOCKET_ACTION : httpAction(method)
  const lessSpecific = CONNECTORS.get('http')?.lessSpecificOf(action) ?? NONE
  return { action, recordedAction: action, lessSpecific, risk: riskOf(action) }
}
