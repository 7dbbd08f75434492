import type { JsonObject } from '@sallyport/jsonrpc'
import type { ApprovalState } from '@sallyport/rpc'
import type { ActionVerdict } from '../../../domain/verdict.ts'
import type { Rung } from '../../../governing/hold/rung.ts'
import type { Interruption, Waiting } from '../../../governing/hold/waiting.ts'
import { denialMeta } from '../answers/answers.ts'
import type { McpExchange } from '../exchange/mcp-exchange.ts'
import type { HeldTask } from '../tasks/held-task.ts'
import { TaskAnswer } from '../tasks/task-answer.ts'
import { answerPending } from './answer-pending.ts'
import type { Keeping } from './keeping.ts'
import { waitingFacts } from './waiting-facts.ts'

/** The client gets a task as soon as the approval is there (SEP-2663), and asks for it whenever it likes. */
export class TaskRung implements Rung<McpExchange> {
  readonly #keeping: Keeping
  readonly #waiting: Waiting
  #exchange: McpExchange

  constructor(keeping: Keeping, exchange: McpExchange, waiting: Waiting) {
    this.#keeping = keeping
    this.#exchange = exchange
    this.#waiting = waiting
    waiting.limit(keeping.hold.roundMs)
  }

  get exchange(): McpExchange {
    return this.#exchange
  }

  asked(approval: ApprovalState, held: ActionVerdict): 'wait' {
    const { task, call, answer } = this.#exchange
    if (task !== null) task.waitsFor(approval)
    else if (!answer.gone && call.id !== null) this.#handOver(approval, held)
    return 'wait'
  }

  stop(): void {}

  unanswered(by: Interruption, approvalId: string | null, held: ActionVerdict): void {
    const { task } = this.#exchange
    if (task === null) answerPending(this.#keeping, this.#exchange, by, approvalId, held)
  }

  #handOver(approval: ApprovalState, held: ActionVerdict): void {
    const { answer, call } = this.#exchange
    const task = this.#keeping.tasks.create(this.#exchange, approval)
    // The approval is in the log and the task exists before the client hears of it (SEP-2663, Task Creation).
    answer.onGone = undefined
    const facts = waitingFacts(this.#keeping, call, held, approval.approvalId)
    answer.message(200, createdText(call.id, task, denialMeta(facts)))
    task.onCancel = () => this.#waiting.interrupt('cancelled')
    this.#exchange = { ...this.#exchange, answer: new TaskAnswer(task), task }
    this.#waiting.limit(null)
  }
}

function createdText(id: McpExchange['call']['id'], task: HeldTask, _meta: JsonObject): string {
  const { state } = task
  const statusMessage = state.status === 'working' ? state.message : ''
  const result = { resultType: 'task', ...task.facts(), status: 'working', statusMessage, _meta }
  return JSON.stringify({ jsonrpc: '2.0', id, result })
}

/** A call that goes on within a task. No client is connected, so it has no time limit here. */
export class DetachedRung implements Rung<McpExchange> {
  readonly exchange: McpExchange
  readonly #task: HeldTask

  constructor(exchange: McpExchange, task: HeldTask) {
    this.exchange = exchange
    this.#task = task
  }

  asked(approval: ApprovalState): 'wait' {
    this.#task.waitsFor(approval)
    return 'wait'
  }

  stop(): void {}

  unanswered(): void {}
}
