import { decodeAnswer, decodeAnswerSteps, type JsonLimits, type Message } from '@sallyport/jsonrpc'
import { type Logger, messageOf } from '@sallyport/runtime'
import { InOrder } from '../in-order.ts'
import { inTurns, LONG_TEXT } from '../in-turns.ts'

export type Line = Uint8Array | string

export interface LineReaderOptions {
  readonly limits: Required<JsonLimits>
  readonly onMessage: (message: Message) => void
  /** Called for a line that cannot be read as strictly as a body. */
  readonly onRefused: (line: Line, cause: unknown) => void
  /** Called when a line takes several turns to be read, and when all that came meanwhile is read too. */
  readonly onBusy: (busy: boolean) => void
  readonly logger: Logger
}

/** Decodes what a peer sends, each line once and all in their order. */
export class LineReader {
  readonly #options: LineReaderOptions
  readonly #acts: InOrder

  constructor(options: LineReaderOptions) {
    this.#options = options
    this.#acts = new InOrder({
      isOver: () => false,
      onFailed: (cause) => options.logger.error({ cause: messageOf(cause) }, 'a message reached nobody'),
      onWaits: options.onBusy,
    })
  }

  take(line: Line): void {
    this.#acts.do(() => (line.length > LONG_TEXT ? this.#readInTurns(line) : this.#readAtOnce(line)))
  }

  /** Acts when all lines that have come are read. */
  afterwards(act: () => void): void {
    this.#acts.do(act)
  }

  #readAtOnce(line: Line): void {
    let message: Message
    try {
      message = decodeAnswer(line, this.#options.limits)
    } catch (cause) {
      this.#options.onRefused(line, cause)
      return
    }
    this.#options.onMessage(message)
  }

  async #readInTurns(line: Line): Promise<void> {
    let message: Message
    try {
      message = await inTurns(decodeAnswerSteps(line, this.#options.limits))
    } catch (cause) {
      this.#options.onRefused(line, cause)
      return
    }
    this.#options.onMessage(message)
  }
}
