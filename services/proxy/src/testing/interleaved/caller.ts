import { sseDecoder } from '@sallyport/jsonrpc'
import type { Answer } from '../../connectors/mcp/answers/answer.ts'

interface Final {
  readonly result?: {
    readonly resultType?: string
    readonly requestState?: string
    readonly taskId?: string
    readonly isError?: boolean
  }
  readonly error?: { readonly code: number }
}

/** An agent's side of one request, and what became of it. */
export class Caller implements Answer {
  onGone: (() => void) | undefined
  gone = false
  streaming = false
  /** Its process is gone, and it knows. */
  cutOff = false
  readonly finals: Final[] = []
  readonly #onFinal: (final: Final) => void
  readonly #decoder = sseDecoder({ maxLength: 1_000_000 })

  constructor(onFinal: (final: Final) => void) {
    this.#onFinal = onFinal
  }

  get waits(): boolean {
    return this.finals.length === 0 && !this.gone && !this.cutOff
  }

  hangUp(): void {
    if (!this.waits) return
    this.gone = true
    this.onGone?.()
  }

  openStream(): void {
    this.streaming = true
  }

  write(frames: string): boolean {
    for (const { data } of this.#decoder.push(Buffer.from(frames))) if (data) this.#take(JSON.parse(data))
    return true
  }

  onceDrained(go: () => void): void {
    go()
  }

  message(_status: number, text: string): void {
    this.#take(JSON.parse(text))
  }

  empty(): void {
    this.#take({ error: { code: 0 } })
  }

  end(): void {}

  #take(final: Final): void {
    if (final.result === undefined && final.error === undefined) return
    if (this.gone || this.cutOff) return
    this.finals.push(final)
    this.#onFinal(final)
  }
}
