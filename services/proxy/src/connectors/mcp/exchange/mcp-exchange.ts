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
  /** Which arguments its tool wants mirrored, once that was looked up. */
  declared: readonly ParamHeader[]
  /** The highest progress value sent while the call was held: the upstream's own go on from there. */
  progressSent: number
  /** What the upstream calls the request; of a cancellation, the request that it names. Null for everything else. */
  readonly upstreamId: string | null
  /** Which round it is of a call that the client repeats as we asked it to. */
  readonly round: TakenRound | null
  /** What the call has become where no caller waits for it any more. */
  readonly task: HeldTask | null
}
