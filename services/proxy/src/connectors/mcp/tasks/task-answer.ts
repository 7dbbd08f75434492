import { decodeMessage, isJsonObject, type Message, sseDecoder, UNBOUNDED } from '@sallyport/jsonrpc'
import type { Answer } from '../answers/answer.ts'
import { OUR_CODES } from '../answers/answers.ts'
import type { HeldTask } from './held-task.ts'
import { stateAfter } from './task-state.ts'

/** The client's side of a call that has become a task: nobody is connected, and what comes is kept with the task. */
export class TaskAnswer implements Answer {
  readonly #task: HeldTask
  readonly #decoder = sseDecoder({ maxLength: Number.MAX_SAFE_INTEGER })
  #streaming = false
  #answered = false

  constructor(task: HeldTask) {
    this.#task = task
  }

  /** To a call that is under way, a task that is cancelled is a caller that hung up. */
  get onGone(): (() => void) | undefined {
    return this.#task.onCancel
  }

  set onGone(listener: (() => void) | undefined) {
    this.#task.onCancel = listener
  }

  get streaming(): boolean {
    return this.#streaming
  }

  get gone(): boolean {
    return this.#task.cancelled
  }

  openStream(): void {
    this.#streaming = true
  }

  write(frames: string): boolean {
    for (const { data } of this.#decoder.push(Buffer.from(frames))) if (data) this.#take(data)
    return true
  }

  onceDrained(go: () => void): void {
    go()
  }

  message(_status: number, text: string): void {
    this.#take(text)
    this.end()
  }

  empty(status: number): void {
    this.#fail(`the upstream answered with status ${status} and nothing else`)
  }

  end(): void {
    this.#fail('the upstream ended its answer before the result; the call may have been carried out')
  }

  #take(text: string): void {
    const message: Message = decodeMessage(text, UNBOUNDED)
    if (message.kind === 'response') {
      this.#answered = true
      this.#task.become(stateAfter(message, message.canonical))
      return
    }
    const told = message.kind === 'notification' && isJsonObject(message.params) ? message.params : {}
    if (typeof told['message'] === 'string')
      this.#task.become({ status: 'working', message: told['message'] })
  }

  #fail(message: string): void {
    if (this.#answered) return
    this.#answered = true
    this.#task.become({ status: 'failed', error: JSON.stringify({ code: OUR_CODES.upstream, message }) })
  }
}
