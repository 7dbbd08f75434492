import type { ServerResponse } from 'node:http'
import type { Answer } from '../answers/answer.ts'
import { messageEvent, type SseStream } from './sse-stream.ts'

/**
 * The agent's side of an exchange over HTTP+SSE. The POST is acknowledged before the message is answered, and the
 * answer is an event of the session's stream.
 */
export class SseAnswer implements Answer {
  onGone: (() => void) | undefined
  streaming = false
  readonly #stream: SseStream
  readonly #leave: () => void
  #ended = false

  constructor(response: ServerResponse, stream: SseStream) {
    this.#stream = stream
    this.#leave = stream.onClose(() => {
      if (!this.#ended) this.onGone?.()
    })
    response.writeHead(202, { 'content-length': 0 }).end()
  }

  get gone(): boolean {
    return this.#stream.closed
  }

  /** The stream is open, and its head has no place for a session id. */
  openStream(): void {
    this.streaming = true
  }

  write(frames: string): boolean {
    return this.#ended || this.#stream.write(frames)
  }

  onceDrained(go: () => void): void {
    this.#stream.onceDrained(go)
  }

  message(_status: number, text: string): void {
    if (!this.#ended) this.#stream.write(messageEvent(text))
    this.end()
  }

  empty(): void {
    this.end()
  }

  end(): void {
    this.#ended = true
    this.#leave()
  }
}
