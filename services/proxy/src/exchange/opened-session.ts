import { isJsonObject, type Message } from '@sallyport/jsonrpc'
import { sessionLabel } from '../adapters/session-seal.ts'
import { type Call, isInitialize } from '../domain/call.ts'
import { cut } from '../domain/name-call.ts'
import { sessionOpenedEvent } from '../domain/records.ts'
import { upstreamDigest } from '../domain/upstream-digest.ts'
import type { ProxyParts } from './parts.ts'
import { answers } from './read-answer.ts'

/** When the message is a successful answer to `initialize`: records the session and seals its id for the agent. */
export function openedSession(
  parts: ProxyParts,
  call: Call,
  upstreamId: string | null,
  message: Message,
): string | null {
  if (!isInitialize(call) || !answers(message, call) || !('result' in message)) return null
  const result = isJsonObject(message.result) ? message.result : {}
  const version = result['protocolVersion']
  const protocolVersion = typeof version === 'string' && version !== '' ? cut(version) : null
  const label = upstreamId === null ? null : sessionLabel(upstreamId)
  parts.recorder.later(sessionOpenedEvent(call, { label, protocolVersion }, parts.clock()))
  if (upstreamId === null) return null
  return parts.seal.seal({
    upstreamId,
    gatewayId: call.gateway.id,
    upstream: call.upstream.name,
    upstreamDigest: upstreamDigest(call.upstream),
    protocolVersion,
    client: call.client,
    owner: null,
  })
}
