import { upstreamDigest } from '@sallyport/control'
import { isJsonObject, type Message, memberText } from '@sallyport/jsonrpc'
import { sessionOpenedEvent } from '../../../domain/records.ts'
import { sessionLabel } from '../../../domain/session-label.ts'
import type { Recorder } from '../../../governing/record/recorder.ts'
import { answers } from '../answers/read-answer.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import { isInitialize } from '../message/call.ts'
import { revisionText } from '../message/revision-text.ts'
import type { SessionSeal } from './session-seal.ts'

/** A session id is a header, which is sent with every request. */
const LONGEST_HANDSHAKE = 1500

/** The parts that opening a session needs. */
export interface OpeningSessions {
  readonly seal: SessionSeal
  readonly recorder: Recorder
  readonly clock: () => Date
  /** The address at which other proxies reach this one; null where there are no others. */
  readonly address: string | null
}

/** When the message is a successful answer to `initialize`: records the session and seals its id for the agent. */
export function openedSession(
  parts: OpeningSessions,
  exchange: McpExchange,
  upstreamId: string | null,
  message: Message,
): string | null {
  const { call } = exchange
  if (!isInitialize(call) || !answers(message, exchange) || !('result' in message)) return null
  const result = isJsonObject(message.result) ? message.result : {}
  const protocolVersion = revisionText(result['protocolVersion'])
  const label = upstreamId === null ? null : sessionLabel(upstreamId)
  parts.recorder.later(sessionOpenedEvent(call, { label, protocolVersion }, parts.clock()))
  if (upstreamId === null) return null
  const initialize = memberText(call.canonical, ['params'])
  return parts.seal.seal({
    upstreamId,
    gatewayId: call.gateway.id,
    upstream: call.upstream.name,
    upstreamDigest: upstreamDigest(call.upstream),
    protocolVersion,
    client: call.client,
    initialize: initialize === undefined || initialize.length > LONGEST_HANDSHAKE ? null : initialize,
    // A child of this proxy's is reached through this proxy only.
    owner: call.upstream.target.kind === 'stdio' ? parts.address : null,
    endpoint: null,
  })
}
