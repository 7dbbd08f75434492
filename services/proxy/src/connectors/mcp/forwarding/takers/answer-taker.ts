import type { Message } from '@sallyport/jsonrpc'
import type { UpstreamFault } from '../../../../domain/upstream-faults.ts'
import type { ForwardingRecord } from '../../../../governing/record/forwarding-record.ts'
import type { InOrder } from '../../../../reaching/in-order.ts'
import type { McpExchange } from '../../exchange/mcp-exchange.ts'
import type { ForwardingNeeds } from '../forwarding-needs.ts'

/** Takes in the body of an upstream's answer, in the way that its head asks for, and gives it to the agent. */
export interface AnswerTaker {
  take(bytes: Buffer): void
  /** The same where the bytes hold one message, which is decoded already. */
  takeMessage(message: Message, bytes: Buffer): void
  end(): void
}

/** The facts in the head of an answer. */
export interface AnswerHead {
  readonly status: number
  readonly contentType: string | undefined
  /** The session that the answer to a handshake opens. */
  readonly sessionId: string | null
  /** Header fields of an error that clients act on. */
  readonly advice: Readonly<Record<string, string>>
}

/** The forwarding that a taker belongs to. */
export interface TakenFor {
  readonly needs: ForwardingNeeds
  readonly exchange: McpExchange
  readonly head: AnswerHead
  readonly record: ForwardingRecord
  readonly acts: InOrder
  /** Whether the agent has its answer, or went away. */
  readonly closed: boolean
  /** From here on nothing more reaches the agent but what the caller of this gives it. */
  close(): void
  /** Ends the answer; the agent is told of the fault. */
  fail(fault: UpstreamFault): void
  /** The upstream is read no further until `resume`, called once for each `pause`. */
  pause(): void
  resume(): void
}
