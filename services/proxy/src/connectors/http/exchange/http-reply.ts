import type { Duplex } from 'node:stream'
import type { Caller } from '../../../governing/exchange.ts'
import type { Field } from '../headers/field.ts'

/** The agent's side of one request over HTTP. */
export interface HttpReply extends Caller {
  /** Whether the head of the answer went out. */
  readonly begun: boolean
  /** Sends the head of an answer whose body follows. */
  begin(status: number, fields: readonly Field[]): void
  /** False when the agent reads slower than we write: wait for `onceDrained`. */
  write(bytes: Buffer): boolean
  onceDrained(go: () => void): void
  end(trailers: readonly Field[]): void
  /** Answers with a text of ours, and ends. */
  whole(status: number, fields: readonly Field[], text: string): void
  /** Ends it so that the agent sees that it is not complete. */
  breakOff(): void
  /** Counts it among the streams from now on; false when the gateway has the most that it may have. */
  becomesStream(): boolean
  /** Answers 101 and gives the connection away, with what the agent has sent on it already. */
  switchProtocols(fields: readonly Field[]): Duplex
}
