import { encodeSse, sseDecoder } from '@sallyport/jsonrpc'
import { UpstreamRefused, UpstreamUnanswered } from '../../../domain/upstream-faults.ts'
import type { Answer } from '../answers/answer.ts'
import { upstreamFaultBody } from '../answers/answers.ts'
import type { McpCall } from '../message/call.ts'

/**
 * The agent's side of a batch, whose calls are answered one by one. The answers are a list; once an upstream answers a
 * call with a stream, they are the events of one stream.
 */
export class BatchAnswer {
  readonly #agent: Answer
  readonly #parts = new Set<BatchPart>()
  readonly #held = new Map<BatchPart, number>()
  readonly #texts: string[] = []
  /** The status of a batch in which no call has an answer. */
  #status = 202

  constructor(agent: Answer) {
    this.#agent = agent
    agent.onGone = () => {
      for (const part of [...this.#parts]) part.onGone?.()
    }
  }

  get gone(): boolean {
    return this.#agent.gone
  }

  /** The answer to one of its calls. All are made before any of them is given. */
  part(call: McpCall): Answer {
    const part = new BatchPart(call, this)
    this.#parts.add(part)
    return part
  }

  openStream(): void {
    if (this.#agent.streaming) return
    this.#agent.openStream()
    for (const text of this.#texts.splice(0)) this.add(text)
  }

  add(text: string): boolean {
    if (this.#agent.streaming) return this.#agent.write(encodeSse({ event: 'message', data: text }))
    this.#texts.push(text)
    return true
  }

  comment(comment: string): boolean {
    return this.#agent.write(encodeSse({ comment }))
  }

  onceDrained(go: () => void): void {
    this.#agent.onceDrained(go)
  }

  holds(part: BatchPart, bytes: number): boolean {
    this.#held.set(part, bytes)
    let sum = 0
    for (const held of this.#held.values()) sum += held
    return this.#agent.holds?.(sum) ?? true
  }

  end(part: BatchPart, status: number): void {
    if (!this.#parts.delete(part)) return
    if (status >= 400) this.#status = status
    if (this.#parts.size > 0) return
    this.#agent.onGone = undefined
    if (this.#agent.streaming) this.#agent.end()
    else if (this.#texts.length > 0) this.#agent.message(200, `[${this.#texts.join(',')}]`)
    else this.#agent.empty(this.#status)
  }
}

class BatchPart implements Answer {
  onGone: (() => void) | undefined
  streaming = false
  readonly #call: McpCall
  readonly #batch: BatchAnswer
  readonly #decoder = sseDecoder({ maxLength: Number.MAX_SAFE_INTEGER })
  #answered = false

  constructor(call: McpCall, batch: BatchAnswer) {
    this.#call = call
    this.#batch = batch
  }

  get gone(): boolean {
    return this.#batch.gone
  }

  openStream(): void {
    this.streaming = true
    this.#batch.openStream()
  }

  /** Ids of events are dropped: a client could resume only one of the streams that were put together here. */
  write(frames: string): boolean {
    let flows = true
    for (const { data, comment } of this.#decoder.push(Buffer.from(frames))) {
      if (comment !== undefined) flows = this.#batch.comment(comment)
      if (data === undefined || data === '') continue
      this.#answered ||= answers(data, this.#call)
      flows = this.#batch.add(data)
    }
    return flows
  }

  onceDrained(go: () => void): void {
    this.#batch.onceDrained(go)
  }

  holds(bytes: number): boolean {
    return this.#batch.holds(this, bytes)
  }

  message(status: number, text: string): void {
    if (this.#call.kind === 'request') {
      this.#answered = true
      // An HTTP error may say anything; only a response has a place in the list.
      this.#batch.add(
        answers(text, this.#call) ? text : upstreamFaultBody(this.#call, new UpstreamRefused(status)),
      )
    }
    this.#batch.end(this, status)
  }

  empty(status: number): void {
    if (status >= 400) this.message(status, 'null')
    else this.end()
  }

  end(): void {
    if (this.#call.kind === 'request' && !this.#answered)
      this.#batch.add(upstreamFaultBody(this.#call, new UpstreamUnanswered()))
    this.#batch.end(this, 202)
  }
}

/** Of canonical text that was checked before. */
function answers(text: string, { id }: McpCall): boolean {
  const message: unknown = JSON.parse(text)
  if (typeof message !== 'object' || message === null || 'method' in message || !('id' in message))
    return false
  return message.id === id
}
