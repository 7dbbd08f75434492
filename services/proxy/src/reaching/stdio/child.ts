import type { Logger } from '@sallyport/runtime'
import { type ServerEnd, StdioServer, type StopPatience, type Watchdog } from '@sallyport/stdio'
import type { DroppedMessage } from '../../domain/dropped-message.ts'
import {
  UpstreamAnswerTooLarge,
  UpstreamExited,
  type UpstreamFault,
  UpstreamNotStarted,
} from '../../domain/upstream-faults.ts'
import { ChannelExchanges, type ChannelLimits } from '../channel/channel-exchanges.ts'
import { LastWords } from './last-words.ts'

export interface ChildOptions {
  readonly command: readonly string[]
  readonly cwd: string | null
  readonly env: Record<string, string>
  /** Values of `env` that are shown to nobody. */
  readonly secrets: readonly string[]
  /** The value of `Mcp-Session-Id`; null when the server keeps no session. */
  readonly sessionId: string | null
  readonly limits: ChannelLimits
  readonly waitingBytes: number
  readonly watchdog: Watchdog
  readonly logger: Logger
  /** Told of each message of the server's that reaches nobody. */
  readonly onDropped: (dropped: DroppedMessage) => void
  /** Called once. `answered`: it had said something before. */
  readonly onEnd: (answered: boolean) => void
}

const PATIENCE: StopPatience = { eofMs: 2000, termMs: 2000 }

/** One running server and the requests that are under way with it. */
export class Child {
  readonly exchanges: ChannelExchanges
  /** On the monotonic clock, in milliseconds. */
  usedAt = performance.now()
  readonly #options: ChildOptions
  readonly #server: StdioServer
  readonly #lastWords: LastWords
  #answered = false

  constructor(options: ChildOptions) {
    this.#options = options
    this.#lastWords = new LastWords(options.secrets)
    const { command, cwd, env, sessionId, limits, waitingBytes, watchdog, logger, onDropped } = options
    this.#server = new StdioServer({
      command,
      ...(cwd === null ? {} : { cwd }),
      env,
      maxLineBytes: limits.json.maxBytes,
      maxWaitingBytes: waitingBytes,
      watchdog,
      onStderr: (bytes) => {
        this.#lastWords.push(bytes)
        logger.debug({ text: Buffer.from(bytes).toString().slice(0, 1000) }, 'a server says')
      },
      onLine: (line) => this.#take(line),
      onEnd: (end) => this.#ended(end),
    })
    this.exchanges = new ChannelExchanges({
      peer: {
        send: (text) => this.#server.send(text),
        pause: () => this.#server.pause(),
        resume: () => this.#server.resume(),
        close: () => void this.stop(),
      },
      sessionId,
      limits,
      logger,
      onDropped,
    })
  }

  get pid(): number | undefined {
    return this.#server.pid
  }

  stop(patience: StopPatience = PATIENCE): Promise<unknown> {
    return this.#server.stop(patience)
  }

  #take(line: Uint8Array | null): void {
    this.#answered = true
    if (line !== null) {
      this.exchanges.take(line)
      return
    }
    const { limits, onDropped } = this.#options
    onDropped({ reason: 'refused', rule: 'line length', place: null })
    // Nobody can tell which request the line answers. So all waiting requests fail, and the server is ended.
    this.exchanges.end(new UpstreamAnswerTooLarge(limits.json.maxBytes))
    void this.stop({ eofMs: 0, termMs: PATIENCE.termMs })
  }

  #ended(end: ServerEnd): void {
    this.exchanges.end(faultOf(end, this.#lastWords))
    this.#options.onEnd(this.#answered)
  }
}

function faultOf({ code, signal, error }: ServerEnd, lastWords: LastWords): UpstreamFault {
  if (error) return new UpstreamNotStarted('its command cannot be run', { cause: error })
  const how = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`
  return new UpstreamExited(how, () => lastWords.lines())
}
