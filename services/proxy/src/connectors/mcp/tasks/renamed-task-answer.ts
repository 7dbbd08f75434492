import { encodeSse, memberText, replaceMember, sseDecoder } from '@sallyport/jsonrpc'
import type { Answer } from '../answers/answer.ts'

/** The upstream's answer about its own task, rewritten to the task that the client knows. */
export class RenamedTaskAnswer implements Answer {
  readonly #answer: Answer
  readonly #from: string
  readonly #to: string
  readonly #decoder = sseDecoder({ maxLength: Number.MAX_SAFE_INTEGER })

  constructor(answer: Answer, from: string, to: string) {
    this.#answer = answer
    this.#from = JSON.stringify(from)
    this.#to = JSON.stringify(to)
  }

  get onGone(): (() => void) | undefined {
    return this.#answer.onGone
  }

  set onGone(listener: (() => void) | undefined) {
    this.#answer.onGone = listener
  }

  get streaming(): boolean {
    return this.#answer.streaming
  }

  get gone(): boolean {
    return this.#answer.gone
  }

  openStream(): void {
    this.#answer.openStream()
  }

  write(frames: string): boolean {
    let text = ''
    for (const frame of this.#decoder.push(Buffer.from(frames)))
      text += encodeSse(frame.data ? { ...frame, data: this.#renamed(frame.data) } : frame)
    return this.#answer.write(text)
  }

  onceDrained(go: () => void): void {
    this.#answer.onceDrained(go)
  }

  message(status: number, text: string, headers?: Readonly<Record<string, string>>): void {
    this.#answer.message(status, this.#renamed(text), headers)
  }

  empty(status: number, headers?: Readonly<Record<string, string>>): void {
    this.#answer.empty(status, headers)
  }

  end(): void {
    this.#answer.end()
  }

  #renamed(text: string): string {
    const path = ['result', 'taskId']
    return memberText(text, path) === this.#from ? replaceMember(text, path, this.#to) : text
  }
}
