import { HTTP_WEBSOCKET_ACTION, httpAction } from '@sallyport/policy'
import type { HttpCall } from './http-call.ts'

/** The action of a request: its method, or the WebSocket that it opens. */
export function nameRequest(kind: HttpCall['kind'], method: string): string {
  return kind === 'websocket' ? HTTP_WEBSOCKET_ACTION : httpAction(method)
}
