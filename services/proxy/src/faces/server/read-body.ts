import type { IncomingMessage } from 'node:http'
import { BodyTooLarge, BodyTooSlow, TooManyBytes } from '../../governing/limits/errors.ts'
import type { MemoryShare } from '../../governing/limits/memory.ts'

export interface BodyLimits {
  readonly bodyBytes: number
  readonly requestMs: number
}

/** The caller hung up before all of its body had come: it has asked for nothing, and nobody is there to be answered. */
export class BrokenOff extends Error {}

/**
 * Takes in a body, counting what has arrived and not what was announced. Ends early, with the error of the limit, when
 * the body is too large, too slow or does not fit in memory. An error of the socket is passed on as it is.
 */
export function readBody(
  payload: IncomingMessage,
  { bodyBytes, requestMs }: BodyLimits,
  memory: MemoryShare,
  done: (error: Error | null, body?: Buffer) => void,
): void {
  const chunks: Buffer[] = []
  let length = 0
  const end = (error: Error | null) => {
    clearTimeout(timer)
    payload.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken)
    // A socket that fails later has nobody left to tell.
    payload.on('error', () => {})
    if (error === null) done(null, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length))
    else {
      payload.pause()
      memory.release()
      done(error)
    }
  }
  const onData = (chunk: Buffer) => {
    length += chunk.length
    if (length > bodyBytes) end(new BodyTooLarge(bodyBytes))
    else if (!memory.hold(length)) end(new TooManyBytes())
    else chunks.push(chunk)
  }
  const onEnd = () => end(null)
  const onBroken = () => end(new BrokenOff())
  const timer = setTimeout(() => end(new BodyTooSlow(requestMs)), requestMs)
  if (Number(payload.headers['content-length'] ?? 0) > bodyBytes) {
    end(new BodyTooLarge(bodyBytes))
    return
  }
  payload.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken)
}
