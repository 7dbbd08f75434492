import type { Exchange } from '../../../governing/exchange.ts'
import type { Answer } from '../answers/answer.ts'
import type { PassedHeaders } from '../forwarding/upstream-headers.ts'
import type { McpCall } from '../message/call.ts'
import type { TakenRound } from '../rounds/take-back.ts'
import type { ParamHeader } from '../stateless/param-headers.ts'
import type { HeldTask } from '../tasks/held-task.ts'

/** One MCP message, and the agent who waits for its answer. */
export interface McpExchange extends Exchange<McpCall> {
  readonly answer: Answer
  readonly passed: PassedHeaders
  /** The arguments that its tool wants mirrored, once they were looked up. */
  declared: readonly ParamHeader[]
  /** The highest progress value sent while the call was held: the upstream's own go on from there. */
  progressSent: number
  /**
   * The upstream's id of the request; of a cancellation, the id of the request that it names. Null for everything else.
   */
  readonly upstreamId: string | null
  /** The number of the round, of a call that the client repeats because we asked it to. */
  readonly round: TakenRound | null
  /** The task that the call has become; no caller waits for it any more. */
  readonly task: HeldTask | null
}
