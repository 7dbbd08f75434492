import { sseDecoder } from '@sallyport/jsonrpc'
import type { Answer } from '../../connectors/mcp/answers/answer.ts'
import type { McpCall } from '../../connectors/mcp/message/call.ts'

/** The way to a client that takes single messages: the lines of a stdio client, the one stream of an HTTP+SSE client. */
export interface ClientLine {
  /** Whether the client hung up. */
  readonly gone: boolean
  /** Hands over one message, canonical text. False when the client reads slower than we write. */
  send(text: string): boolean
  onceDrained(go: () => void): void
}

export interface ChannelAnswerOptions {
  readonly line: ClientLine
  readonly kind: McpCall['kind']
  /** The sealed id of the session that this answer opened. */
  readonly onSession?: (sealed: string) => void
  /** Called once when nothing more comes. */
  readonly onEnd?: () => void
}

/**
 * The client's side of one exchange without HTTP. The messages of a stream or a body go out as messages on the one
 * line. Statuses, comments and heads have no place there; a notification has no answer at all.
 */
export class ChannelAnswer implements Answer {
  onGone: (() => void) | undefined
  readonly #options: ChannelAnswerOptions
  readonly #decoder = sseDecoder({ maxLength: Number.MAX_SAFE_INTEGER })
  #streaming = false
  #ended = false

  constructor(options: ChannelAnswerOptions) {
    this.#options = options
  }

  get streaming(): boolean {
    return this.#streaming
  }

  get gone(): boolean {
    return this.#options.line.gone && !this.#ended
  }

  openStream(sessionId: string | null = null): void {
    this.#streaming = true
    if (sessionId !== null) this.#options.onSession?.(sessionId)
  }

  write(frames: string): boolean {
    if (this.#ended || this.gone) return true
    let flows = true
    for (const { data } of this.#decoder.push(Buffer.from(frames)))
      if (data) flows = this.#options.line.send(data)
    return flows
  }

  onceDrained(go: () => void): void {
    this.#options.line.onceDrained(go)
  }

  message(_status: number, text: string, headers: Readonly<Record<string, string>> = {}): void {
    if (this.#ended) return
    const sessionId = headers['mcp-session-id']
    if (sessionId !== undefined) this.#options.onSession?.(sessionId)
    const { kind, line } = this.#options
    if ((kind === 'request' || kind === 'unknown') && !line.gone) line.send(text)
    this.end()
  }

  empty(): void {
    this.end()
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#options.onEnd?.()
  }

  /** The client hung up. */
  lost(): void {
    if (this.#ended) return
    this.onGone?.()
    this.end()
  }
}
