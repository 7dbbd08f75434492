import type { Caller } from '../../../governing/exchange.ts'

/**
 * The agent's side of one exchange. It is an HTTP response, the lines of a stdio client or the stream of an HTTP+SSE
 * client. An answer given after the stream was opened becomes its last event.
 */
export interface Answer extends Caller {
  /** Whether the head of an event stream went out. */
  readonly streaming: boolean
  /** Sends the head of an event stream at once, before there is anything to put into it. */
  openStream(sessionId?: string | null): void
  /** Writes encoded frames. False when the agent reads slower than we write: wait for `onceDrained`. */
  write(frames: string): boolean
  onceDrained(go: () => void): void
  /**
   * Says how many bytes of the upstream's answer wait with us, beside what was written and not read. False when there
   * is no room for them. Not there where nothing is counted.
   */
  holds?(bytes: number): boolean
  /** Answers with one JSON-RPC message, canonical text, and ends. */
  message(status: number, text: string, headers?: Readonly<Record<string, string>>): void
  /** Answers without a body and ends. */
  empty(status: number, headers?: Readonly<Record<string, string>>): void
  end(): void
}
