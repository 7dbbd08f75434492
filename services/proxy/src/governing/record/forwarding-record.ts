import type { Action } from '../../domain/action.ts'
import {
  abortedEvent,
  type Completion,
  completedEvent,
  type PassedBodies,
  sessionClosedEvent,
} from '../../domain/records.ts'
import type { UpstreamFault } from '../../domain/upstream-faults.ts'
import type { ActionVerdict } from '../../domain/verdict.ts'
import type { Resumption } from '../connector.ts'
import type { Recording } from './record-decision.ts'

/** How the upstream answered what was sent to it. */
export type AnswerOutcome = Pick<Completion, 'outcome' | 'errorCode'>

/** How one forwarded action ended, written down once. */
export class ForwardingRecord {
  responseBytes = 0
  /** The facts about bodies that are passed on as they come. */
  passed: PassedBodies = {}
  readonly #recording: Pick<Recording, 'recorder' | 'clock' | 'counters'>
  readonly #call: Action
  readonly #verdict: ActionVerdict
  readonly #resumption: Resumption | undefined
  readonly #sentAt = performance.now()

  constructor(
    recording: Pick<Recording, 'recorder' | 'clock' | 'counters'>,
    call: Action,
    verdict: ActionVerdict,
    resumption: Resumption | undefined,
  ) {
    this.#recording = recording
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
    const { recorder, clock } = this.#recording
    const end = { stage: 'forwarding', reason, durationMs: this.#durationMs() } as const
    recorder.later(abortedEvent(this.#call, this.#verdict, end, clock()))
  }

  sessionClosed(reason: string): void {
    const { recorder, clock } = this.#recording
    recorder.later(sessionClosedEvent(this.#call, reason, clock()))
  }

  #write(end: Pick<Completion, 'outcome' | 'errorCode' | 'httpStatus'>): void {
    const { recorder, clock, counters } = this.#recording
    const durationMs = this.#durationMs()
    const completion = {
      ...end,
      durationMs,
      upstreamMs: performance.now() - this.#sentAt,
      heldMs: this.#resumption?.heldMs ?? 0,
      responseBytes: this.responseBytes,
      ...this.passed,
    }
    counters.completed(end.outcome, durationMs)
    recorder.later(completedEvent(this.#call, this.#verdict, completion, clock()))
  }

  #durationMs(): number {
    return performance.now() - (this.#resumption?.resumedAt ?? this.#call.arrivedAt)
  }
}
