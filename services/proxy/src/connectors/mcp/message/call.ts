import type { Message, RequestId } from '@sallyport/jsonrpc'
import type { Action } from '../../../domain/action.ts'
import type { Session } from '../session/session.ts'
import type { Era } from './envelope.ts'

/** The kind of exchange: the four kinds of body, the GET that opens a stream, the DELETE of a session. */
export type CallKind = 'request' | 'notification' | 'response' | 'unknown' | 'stream' | 'session_end'

/** One MCP message as the proxy received it: all that is judged, recorded and forwarded comes from here. */
export interface McpCall extends Action {
  readonly kind: CallKind
  readonly era: Era
  /** The decoded message; null where there is no body, or the body is not JSON-RPC. */
  readonly message: Message | null
  /** The JSON-RPC id; null where the message has none. */
  readonly id: RequestId | null
  /** The text that goes upstream: canonical, never the bytes received. Empty for GET and DELETE. */
  readonly canonical: string
  readonly session: Session | null
  readonly progressToken: string | number | null
}

/** Whether it is the handshake, whose answer carries the new session. */
export function isInitialize(call: McpCall): boolean {
  return call.kind === 'request' && call.method === 'initialize'
}

/** The stream of a stateless server's own notifications: it lasts until either side has enough of it. */
export function isListen(call: McpCall): boolean {
  return call.kind === 'request' && call.method === 'subscriptions/listen'
}

/** Whether its answer lasts until one side has enough, however long nothing comes. */
export function isEndless(call: McpCall): boolean {
  return call.kind === 'stream' || isListen(call)
}

export function isToolsCall(call: McpCall): boolean {
  return call.kind === 'request' && call.method === 'tools/call'
}
