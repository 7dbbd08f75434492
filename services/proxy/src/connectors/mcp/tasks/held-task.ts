import type { ApprovalState } from '@sallyport/rpc'
import type { PassedHeaders } from '../forwarding/upstream-headers.ts'
import type { McpCall } from '../message/call.ts'
import type { TaskRef } from './task-ids.ts'
import { isOver, type TaskFacts, type TaskState, taskText } from './task-state.ts'

export interface TaskOptions {
  readonly taskId: string
  readonly ref: TaskRef
  /** The call of the client. Answers to the upstream's further questions are sent with it. */
  readonly call: McpCall
  readonly passed: PassedHeaders
  readonly pollIntervalMs: number
  readonly clock: () => Date
  /** How an approval is told to whoever reads the status. */
  readonly where: (approvalId: string) => string
}

/** A held call whose caller left with a task: it is carried out once, with nobody connected, and its result is kept. */
export class HeldTask {
  readonly taskId: string
  readonly call: McpCall
  readonly passed: PassedHeaders
  /** Ends what is under way for it. */
  onCancel: (() => void) | undefined
  readonly #options: TaskOptions
  #state: TaskState
  #lastUpdatedAt: string
  #ttlMs: number
  /** Answers to some of what the upstream asked for, until all are there. */
  #responses = new Map<string, string>()

  constructor(options: TaskOptions) {
    this.#options = options
    this.taskId = options.taskId
    this.call = options.call
    this.passed = options.passed
    this.#ttlMs = options.ref.ttlMs
    this.#lastUpdatedAt = options.ref.createdAt
    this.#state = { status: 'working', message: options.where(options.ref.approvalId) }
  }

  get key(): string {
    return this.#options.ref.key
  }

  get state(): TaskState {
    return this.#state
  }

  get cancelled(): boolean {
    return this.#state.status === 'cancelled'
  }

  /** How much of memory it takes. */
  get bytes(): number {
    const state = this.#state
    const kept = state.status === 'completed' ? state.result : state.status === 'failed' ? state.error : ''
    return this.call.canonical.length + kept.length
  }

  facts(): TaskFacts {
    const { ref, pollIntervalMs, taskId } = this.#options
    const { createdAt } = ref
    return { taskId, createdAt, lastUpdatedAt: this.#lastUpdatedAt, ttlMs: this.#ttlMs, pollIntervalMs }
  }

  text(): string {
    return taskText(this.facts(), this.#state)
  }

  waitsFor({ approvalId }: ApprovalState): void {
    this.become({ status: 'working', message: this.#options.where(approvalId) })
  }

  /** A finished task stays as it is. */
  become(state: TaskState): void {
    if (isOver(this.#state)) return
    this.#state = state
    this.#lastUpdatedAt = this.#options.clock().toISOString()
  }

  /** The task was not finished when its time was over. It may be asked for as long again. */
  extend(): void {
    this.#ttlMs += this.#options.ref.ttlMs
  }

  cancel(): void {
    if (isOver(this.#state)) return
    this.become({ status: 'cancelled', message: 'cancelled by its client' })
    this.onCancel?.()
  }

  /**
   * Takes answers to what the upstream asked for. When the last one is there: the texts of all of them, and the state
   * they are for; undefined before that.
   */
  take(
    responses: ReadonlyMap<string, string>,
  ): { inputResponses: string; requestState: string | null } | undefined {
    const state = this.#state
    if (state.status !== 'input_required') return undefined
    const asked: Readonly<Record<string, unknown>> = JSON.parse(state.inputRequests)
    for (const [key, text] of responses) if (Object.hasOwn(asked, key)) this.#responses.set(key, text)
    const open = Object.entries(asked).filter(([key]) => !this.#responses.has(key))
    if (open.length > 0) {
      this.become({ ...state, inputRequests: JSON.stringify(Object.fromEntries(open)) })
      return undefined
    }
    const inputResponses = `{${[...this.#responses].map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`
    this.#responses = new Map()
    this.become({ status: 'working', message: 'goes on with what was answered' })
    return { inputResponses, requestState: state.requestState }
  }
}
