import type { Gateway, Upstream } from '@sallyport/control'
import type { JsonValue, Message, RequestId } from '@sallyport/jsonrpc'
import type { Subject } from '@sallyport/policy'
import type { OwnAuthorization } from '../../../domain/own-authorization.ts'
import type { Session } from '../session/session.ts'
import type { Era } from './envelope.ts'

/** What kind of exchange it is: the four kinds of body, the GET that opens a stream, the DELETE of a session. */
export type CallKind = 'request' | 'notification' | 'response' | 'unknown' | 'stream' | 'session_end'

export interface Client {
  readonly name: string
  readonly version: string
}

/** One action as the proxy received it: all that is judged, recorded and forwarded comes from here. */
export interface Call {
  readonly actionId: string
  readonly gateway: Gateway
  readonly upstream: Upstream
  /** Null for every upstream but those that the agent's own authorization passes to. */
  readonly own: OwnAuthorization | null
  readonly kind: CallKind
  readonly era: Era
  /** The decoded message; null where there is none, or none that is JSON-RPC. */
  readonly message: Message | null
  readonly action: string
  readonly method: string | null
  readonly tool: string | null
  /** Of the things that the upstream offers, the one it is about. */
  readonly subject: Subject | null
  /** The JSON-RPC id; null where the message has none. */
  readonly id: RequestId | null
  /** What is recorded as its arguments, before redaction. */
  readonly params: JsonValue
  /** The text a digest of the arguments is taken over; null where there are none. */
  readonly argumentsText: string | null
  /** What goes upstream: canonical text, never the bytes received. Empty for GET and DELETE. */
  readonly canonical: string
  readonly session: Session | null
  readonly protocolVersion: string | null
  readonly client: Client | null
  readonly progressToken: string | number | null
  readonly requestBytes: number
  /** On the monotonic clock, in milliseconds. */
  readonly arrivedAt: number
}

/** Whether it is the handshake, whose answer carries the new session. */
export function isInitialize(call: Call): boolean {
  return call.kind === 'request' && call.method === 'initialize'
}

/** The stream of a stateless server's own notifications: it lasts until either side has enough of it. */
export function isListen(call: Call): boolean {
  return call.kind === 'request' && call.method === 'subscriptions/listen'
}

/** Whether its answer lasts until one side has enough, however long nothing comes. */
export function isEndless(call: Call): boolean {
  return call.kind === 'stream' || isListen(call)
}

export function isToolsCall(call: Call): boolean {
  return call.kind === 'request' && call.method === 'tools/call'
}
