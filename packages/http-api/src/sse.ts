import { once } from 'node:events'
import type { ControlView } from '@sallyport/control'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { lostAccess, remainingOf } from './authenticate.ts'
import { TooManyStreams } from './errors.ts'

export interface SseOptions {
  /** Ends the stream. */
  readonly signal?: AbortSignal
  /** How often a comment keeps the connection from looking dead (default 15 s). */
  readonly keepAliveMs?: number
  /** A reader that leaves more than this unread is cut off (default 1 MiB); it comes back with Last-Event-ID. */
  readonly maxUnreadBytes?: number
}

/** A stream of server-sent events to one reader. Events that are sent after its end are dropped. */
export interface SseStream {
  /** One event; `data` as JSON. False once the stream has ended. */
  send(event: string, data: unknown, id?: string): boolean
  comment(text?: string): boolean
  /** Resolves when the reader has taken most of what was sent, or the stream has ended: for a sender of very much. */
  drained(): Promise<void>
  close(): void
  /** Aborts when the reader went away or was cut off, the server closes, or `close` was called. */
  readonly ended: AbortSignal
}

/** The streams of a server, with the requests that opened them. */
type OpenStreams = Map<SseStream, FastifyRequest>

const openStreams = new WeakMap<FastifyInstance, OpenStreams>()
/** Unread events of a reader are kept in memory, so each token may have only so many streams. */
const MAX_STREAMS_OF_ONE = 32

/** Ends the `sse` streams when the server closes. It would otherwise wait for their readers. */
export function endStreamsOnClose(server: FastifyInstance): void {
  const streams: OpenStreams = new Map()
  openStreams.set(server, streams)
  server.addHook('preClose', async () => {
    for (const stream of [...streams.keys()]) stream.close()
  })
}

/** Ends the streams of a token when it is revoked or its holder's role is: both were asked for once, when they were opened. */
export function endStreamsOfRevokedTokens(server: FastifyInstance, control: ControlView): void {
  const stop = control.onChange((state) => {
    for (const [stream, request] of [...(openStreams.get(server) ?? [])])
      if (lostAccess(request, state)) stream.close()
  })
  server.addHook('onClose', async () => stop())
}

/**
 * Takes over the answer of a route as a stream of server-sent events (HTML Living Standard, section 9.2). Throws
 * `TooManyStreams`.
 */
export function sse(reply: FastifyReply, options: SseOptions = {}): SseStream {
  const { keepAliveMs = 15_000, maxUnreadBytes = 1_048_576, signal } = options
  const { raw } = reply
  const ending = new AbortController()
  const streams = streamsOf(reply.server)
  if (countOf(streams, reply.request) >= MAX_STREAMS_OF_ONE) throw new TooManyStreams(MAX_STREAMS_OF_ONE)

  const write = (text: string): boolean => {
    if (ending.signal.aborted) return false
    raw.write(text)
    if (raw.writableLength <= maxUnreadBytes) return true
    raw.destroy()
    end()
    return false
  }
  const stream: SseStream = {
    send(event, data, id) {
      const idLine = id === undefined ? '' : `id: ${oneLine(id)}\n`
      return write(`event: ${oneLine(event)}\n${idLine}data: ${JSON.stringify(data)}\n\n`)
    },
    comment: (text = '') => write(`: ${oneLine(text)}\n\n`),
    async drained() {
      if (!raw.writableNeedDrain || ending.signal.aborted) return
      await once(raw, 'drain', { signal: ending.signal }).catch(() => {})
    },
    close() {
      end()
      raw.end()
    },
    ended: ending.signal,
  }
  const keepAlive = setInterval(() => stream.comment(), keepAliveMs).unref()
  const remainingMs = remainingOf(reply.request)
  const over = remainingMs === null ? undefined : setTimeout(() => stream.close(), remainingMs).unref()
  function end() {
    clearInterval(keepAlive)
    clearTimeout(over)
    streams?.delete(stream)
    ending.abort()
  }

  reply.hijack()
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'x-accel-buffering': 'no',
    // A stream's connection is not used again: kept alive, it would hold up the server's close.
    connection: 'close',
  })
  raw.flushHeaders()
  raw.on('close', end)
  raw.on('error', end)
  streams?.set(stream, reply.request)
  if (signal?.aborted) stream.close()
  else signal?.addEventListener('abort', () => stream.close(), { once: true, signal: ending.signal })
  return stream
}

/** A route's server may be a child context; its streams are kept by the root it inherits from. */
function streamsOf(server: FastifyInstance): OpenStreams | undefined {
  for (let context: FastifyInstance | null = server; context; context = Object.getPrototypeOf(context)) {
    const streams = openStreams.get(context)
    if (streams) return streams
  }
  return undefined
}

function countOf(streams: OpenStreams | undefined, { principal }: FastifyRequest): number {
  if (!principal) return 0
  return [...(streams?.values() ?? [])].filter((one) => one.principal.tokenId === principal.tokenId).length
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\0]/g, ' ')
}
