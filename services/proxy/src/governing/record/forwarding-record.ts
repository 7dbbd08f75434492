import type { AnswerOutcome } from '../../connectors/mcp/answers/read-answer.ts'
import type { ProxyParts } from '../../connectors/mcp/exchange/parts.ts'
import type { Resumption } from '../../connectors/mcp/forwarding/forward.ts'
import type { McpCall } from '../../connectors/mcp/message/call.ts'
import { abortedEvent, type Completion, completedEvent, sessionClosedEvent } from '../../domain/records.ts'
import type { UpstreamFault } from '../../domain/upstream-faults.ts'
import type { ActionVerdict } from '../../domain/verdict.ts'

/** How one forwarded action ended, written down once. */
export class ForwardingRecord {
  responseBytes = 0
  readonly #parts: ProxyParts
  readonly #call: McpCall
  readonly #verdict: ActionVerdict
  readonly #resumption: Resumption | undefined
  readonly #sentAt = performance.now()

  constructor(parts: ProxyParts, call: McpCall, verdict: ActionVerdict, resumption: Resumption | undefined) {
    this.#parts = parts
    this.#call = call
    this.#verdict = verdict
    this.#resumption = resumption
  }

  completed({ outcome, errorCode }: AnswerOutcome, httpStatus: number): void {
    this.#write({ outcome, errorCode, httpStatus: httpStatus || null })
  }

  failed(fault: UpstreamFault, httpStatus: number): void {
    const outcome = fault.kind === 'timeout' ? 'timeout' : 'upstream_error'
    this.#write({ outcome, errorCode: fault.code, httpStatus: httpStatus || null })
  }

  aborted(reason: string): void {
    const { recorder, clock } = this.#parts
    const end = { stage: 'forwarding', reason, durationMs: this.#durationMs() } as const
    recorder.later(abortedEvent(this.#call, this.#verdict, end, clock()))
  }

  sessionClosed(reason: string): void {
    const { recorder, clock } = this.#parts
    recorder.later(sessionClosedEvent(this.#call, reason, clock()))
  }

  #write(end: Pick<Completion, 'outcome' | 'errorCode' | 'httpStatus'>): void {
    const { recorder, clock, counters } = this.#parts
    const durationMs = this.#durationMs()
    const completion = {
      ...end,
      durationMs,
      upstreamMs: performance.now() - this.#sentAt,
      heldMs: this.#resumption?.heldMs ?? 0,
      responseBytes: this.responseBytes,
    }
    counters.completed(end.outcome, durationMs)
    recorder.later(completedEvent(this.#call, this.#verdict, completion, clock()))
  }

  #durationMs(): number {
    return performance.now() - (this.#resumption?.resumedAt ?? this.#call.arrivedAt)
  }
}
