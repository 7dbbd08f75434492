import type { Gateway } from '@sallyport/control'
import type { HttpRequest } from './http/http-request.ts'

/** A message for an upstream of whatever kind of target. */
export interface UpstreamRequest extends HttpRequest {
  readonly method: 'POST' | 'GET' | 'DELETE'
  readonly body: string | null
  readonly gateway: Pick<Gateway, 'id' | 'name'>
  /** The upstream's id of the session; null outside of any. */
  readonly sessionId: string | null
  /** Whether it is the handshake that begins a session. */
  readonly opensSession: boolean
}
