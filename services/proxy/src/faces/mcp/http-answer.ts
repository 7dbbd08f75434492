import type { ServerResponse } from 'node:http'
import { encodeSse } from '@sallyport/jsonrpc'
import type { Answer } from '../../connectors/mcp/answers/answer.ts'
import type { MemoryShare } from '../../governing/limits/memory.ts'
import type { KeptAlive, StreamKeepAlives } from '../server/stream-keep-alives.ts'

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  // Intermediaries must not hold back or rewrite an answer that an agent waits for.
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const

const LONG = 256 * 1024

/** The agent's side of an exchange over HTTP. */
export class HttpAnswer implements Answer, KeptAlive {
  onGone: (() => void) | undefined
  readonly #response: ServerResponse
  readonly #keepAlives: StreamKeepAlives
  readonly #memory: MemoryShare
  readonly #requestBytes: number
  #streaming = false
  wroteAt = 0

  /** `memory` holds `requestBytes` already, and is released by whoever opened it. */
  constructor(
    response: ServerResponse,
    keepAlives: StreamKeepAlives,
    memory: MemoryShare,
    requestBytes: number,
  ) {
    this.#response = response
    this.#keepAlives = keepAlives
    this.#memory = memory
    this.#requestBytes = requestBytes
    response.on('close', () => {
      keepAlives.delete(this)
      if (!response.writableEnded) this.onGone?.()
    })
  }

  get streaming(): boolean {
    return this.#streaming
  }

  get needsDrain(): boolean {
    return this.#response.writableNeedDrain
  }

  get gone(): boolean {
    return this.#response.destroyed && !this.#response.writableEnded
  }

  openStream(sessionId: string | null = null): void {
    if (this.#streaming || this.gone) return
    this.#streaming = true
    const headers = sessionId === null ? STREAM_HEADERS : { ...STREAM_HEADERS, 'mcp-session-id': sessionId }
    this.#response.writeHead(200, headers)
    this.#response.flushHeaders()
    this.wroteAt = performance.now()
    this.#keepAlives.add(this)
  }

  write(frames: string): boolean {
    const response = this.#response
    if (response.destroyed || response.writableEnded) return true
    this.wroteAt = performance.now()
    if (response.write(frames)) return true
    // Some callers write without waiting for the drain, such as the keep-alive of a held call. They must not fill the
    // memory.
    if (!this.holds(0)) response.destroy()
    return false
  }

  holds(bytes: number): boolean {
    return this.#memory.hold(this.#requestBytes + bytes + this.#response.writableLength)
  }

  onceDrained(go: () => void): void {
    this.#response.once('drain', go)
  }

  message(status: number, text: string, headers: Readonly<Record<string, string>> = {}): void {
    if (this.gone) return
    if (this.#streaming) {
      this.#response.end(encodeSse({ event: 'message', data: text }))
      return
    }
    this.#whole(status, text, headers)
  }

  /** A text goes out in one piece with the head: one system call and not two. */
  #whole(status: number, text: string, headers: Readonly<Record<string, string>>): void {
    // Counting the bytes of megabytes and then writing them takes twice the time.
    const body = text.length > LONG ? Buffer.from(text) : text
    this.#response.writeHead(status, {
      'content-length': Buffer.byteLength(body),
      'content-type': 'application/json',
      ...headers,
    })
    this.#response.end(body)
  }

  empty(status: number, headers: Readonly<Record<string, string>> = {}): void {
    if (this.gone) return
    // RFC 9110 section 8.6: a 204 carries no Content-Length.
    this.#response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': 0 })
    this.#response.end()
  }

  end(): void {
    if (!this.gone) this.#response.end()
  }
}
