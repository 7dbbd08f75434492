import { DestinationFailed, EventRefused } from '@sallyport/delivery'
import { MESSAGE_TYPE, signedHeaders, type WebhookMessage } from '@sallyport/delivery/webhook'
import { lookupWithin, messageOf, type Perimeter, refuseShortcuts } from '@sallyport/runtime'
import { Agent, type Dispatcher, errors } from 'undici'

/** The receiver said that it is gone for good. */
export class ReceiverGone extends DestinationFailed {
  constructor() {
    super('the receiver answered 410 Gone')
  }
}

export interface Posting {
  readonly url: string
  readonly key: Uint8Array
  readonly at: Date
  readonly signal: AbortSignal
}

/** Posts a signed message. Resolves with the status of an answer that confirms it, and throws as a destination does. */
export type PostMessage = (message: WebhookMessage, posting: Posting) => Promise<number>

export interface PosterOptions {
  /** How long an answer may take, in milliseconds, from the moment it can be sent. */
  readonly answerMs: number
  readonly perimeter: Perimeter
}

export interface Poster {
  readonly post: PostMessage
  close(): Promise<void>
}

const CONNECT_MS = 5000
/** Bytes that are read of an answer's body. They mean nothing to us, but then the connection can be used again. */
const BODY_BYTES = 16 * 1024
const BODY_MS = 1000
/** A message is tried again after this long, even if the receiver asks for a longer wait. */
const LONGEST_WAIT_MS = 60 * 60 * 1000

/** Redirects are not followed: events go to the registered address and nowhere else. */
export function createPoster({ answerMs, perimeter }: PosterOptions): Poster {
  const lookup = lookupWithin(perimeter)
  const agent = new Agent({
    connect: { timeout: CONNECT_MS, ...(lookup && { lookup }) },
    headersTimeout: answerMs,
    bodyTimeout: BODY_MS,
    pipelining: 1,
  })
  return {
    async post(message, { url, key, at, signal }) {
      refuseReceiver(perimeter, url)
      const answer = await ask(agent, url, {
        method: 'POST',
        headers: {
          'content-type': MESSAGE_TYPE,
          'user-agent': 'sallyport',
          ...signedHeaders(message, key, at),
        },
        body: message.body,
        signal,
      })
      await answer.body.dump({ limit: BODY_BYTES }).catch(() => {})
      return judged(answer, at)
    },
    close: () => agent.destroy(),
  }
}

/** One that was registered where shortcuts are let be is not one that production sends to. */
function refuseReceiver(perimeter: Perimeter, url: string): void {
  try {
    refuseShortcuts(perimeter, url, false)
  } catch (cause) {
    throw new DestinationFailed(messageOf(cause), { cause })
  }
}

async function ask(
  agent: Agent,
  url: string,
  request: Omit<Dispatcher.RequestOptions, 'origin' | 'path'>,
): Promise<Dispatcher.ResponseData> {
  const { origin, pathname, search } = new URL(url)
  try {
    return await agent.request({ ...request, origin, path: pathname + search })
  } catch (cause) {
    throw new DestinationFailed(reasonOf(cause), { cause })
  }
}

function reasonOf(cause: unknown): string {
  if (cause instanceof errors.HeadersTimeoutError) return 'the receiver did not answer in time'
  if (cause instanceof errors.ConnectTimeoutError) return 'the receiver did not take the connection in time'
  if (cause instanceof Error && cause.name === 'TimeoutError') return 'the receiver did not answer in time'
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : messageOf(cause)
  return `the receiver cannot be reached: ${code}`
}

/** Passing troubles of the receiver, or of what stands before it, that say nothing about the event. */
const TROUBLES = new Set([408, 429, 502, 503, 504])
/** The receiver is not ready for this event yet. */
const NOT_YET = new Set([409, 425])

function judged({ statusCode, headers }: Dispatcher.ResponseData, at: Date): number {
  if (statusCode >= 200 && statusCode < 300) return statusCode
  const reason = `the receiver answered ${statusCode}`
  if (statusCode === 410) throw new ReceiverGone()
  if (statusCode < 400) throw new DestinationFailed(`${reason}, and redirects are not followed`)
  const final = statusCode < 500 && !TROUBLES.has(statusCode) && !NOT_YET.has(statusCode)
  if (final) throw new EventRefused(reason)
  const waitMs = waitOf(headers['retry-after'], at)
  throw new DestinationFailed(reason, {
    blame: TROUBLES.has(statusCode) ? 'destination' : 'event',
    ...(waitMs === undefined ? {} : { retryAfterMs: Math.min(waitMs, LONGEST_WAIT_MS) }),
  })
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function waitOf(header: string | string[] | undefined, at: Date): number | undefined {
  if (typeof header !== 'string') return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - at.getTime())
}
