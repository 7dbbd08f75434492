import type { JsonLimits } from '@sallyport/jsonrpc'
import type { Logger } from '@sallyport/runtime'
import type { Recording } from '../../../governing/record/record-decision.ts'
import type { Upstreams } from '../../../reaching/upstreams.ts'
import type { GivenAnswers } from '../answers/given-answers.ts'
import type { UpstreamMetadata } from '../authorization/upstream-metadata.ts'
import type { LegacySse } from '../legacy-sse/sse-streams.ts'
import type { McpAnswerPhases } from '../rewrite/answer-phases.ts'
import type { WithIds } from '../rewrite/bound-ids.ts'
import type { HealedSessions } from '../session/healed-sessions.ts'
import type { ToolHeaders } from '../stateless/tool-headers.ts'
import type { Cancelling } from './cancellation.ts'

/** The parts that sending messages upstream and bringing answers back needs. */
export interface ForwardingNeeds extends WithIds, Cancelling {
  readonly upstreams: Upstreams
  readonly recording: Recording
  readonly answerPhases: McpAnswerPhases
  /** Shared by everything that brings answers: the same request may be answered twice, in two ways. */
  readonly given: GivenAnswers
  readonly legacySse: LegacySse
  readonly sessions: HealedSessions
  readonly upstreamMetadata: UpstreamMetadata
  readonly toolHeaders: ToolHeaders
  readonly answerLimits: Required<JsonLimits>
  /** How long an upstream may take to begin its answer, in milliseconds. */
  readonly answerMs: number
  readonly logger: Logger
}
