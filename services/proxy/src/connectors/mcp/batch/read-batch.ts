import { type DecodeOptions, decodeMessage, NotJsonRpc } from '@sallyport/jsonrpc'
import { newId } from '@sallyport/runtime'
import { BatchTooLong } from '../../../governing/limits/errors.ts'
import { isInitialize, type McpCall } from '../message/call.ts'
import { BATCH_REVISION } from '../message/protocol-versions.ts'
import { type Arrival, readCall } from '../message/read-call.ts'

const OPEN_BRACKET = 0x5b

/** Whether a body is a batch where one may be: in a session of that revision, or in none and a header says so. */
export function isBatch({ session, versionHeader }: Arrival, body: Buffer): boolean {
  const spoken = session === null ? versionHeader : session.protocolVersion
  if (spoken !== BATCH_REVISION || (versionHeader !== null && versionHeader !== BATCH_REVISION)) return false
  return body.find((byte) => !WHITESPACE.has(byte)) === OPEN_BRACKET
}

const WHITESPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])

/**
 * The calls of a batch. Each is an action. Throws the errors of the strict decoder for all of it, also for a message
 * that has no place in one: a handshake (2025-03-26, Lifecycle), or one of the era without sessions.
 */
export function readBatch(
  arrival: Arrival,
  body: Buffer,
  limits: DecodeOptions,
  maxMessages: number,
): McpCall[] {
  const batch = decodeMessage(body, { ...limits, allowBatch: true })
  const messages = batch.kind === 'batch' ? batch.messages : [batch]
  if (messages.length > maxMessages) throw new BatchTooLong(maxMessages)
  return messages.map(({ canonical, value }, index) => {
    const call = readCall({ ...arrival, actionId: newId() }, Buffer.from(canonical), limits)
    if (isInitialize(call) || call.era === 'stateless')
      throw new NotJsonRpc('not-in-a-batch', `/${index}`, { value, canonical })
    return call
  })
}
