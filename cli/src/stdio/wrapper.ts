import { constants } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { lineDecoder } from '@sallyport/jsonrpc'
import type { SallyportError } from '@sallyport/runtime'
import { decodeWord, type Frame, type ServerEnd, StdioServer, Watchdog } from '@sallyport/stdio'
import { ClientLineTooLong, SallyportLost, SallyportNotReached, WrappedServerEnded } from './errors.ts'
import type { PlaceFinder } from './find-place.ts'
import { LinkKeeper } from './link-keeper.ts'
import { OpenRequests } from './open-requests.ts'
import type { ProxyLink } from './proxy-link.ts'
import { WaitingLines } from './waiting-lines.ts'

export interface WrapperOptions {
  readonly command: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Said where the server ends badly before it has answered anything: it may lack a variable. */
  readonly hint?: string
  readonly finder: PlaceFinder
  readonly input: Readable
  readonly output: Writable
  readonly note: (text: string) => void
}

const MAX_LINE = 64 * 1024 * 1024
/** The server's own memory is not limited here. The lines that wait for it in ours are. */
const WAITING_HIGH = 8 * 1024 * 1024
/** How long calls wait for a Sallyport that is being started or looked for. */
const CONNECT_MS = 15_000
/** And how long once looking has failed. */
const RETRY_MS = 3000
/** How long open calls are waited for once the client has said all. */
const LAST_ANSWERS_MS = 10_000
/** How long the proxy has to tell the client that the server is gone, before this does. */
const LAST_ERRORS_MS = 2000
const PATIENCE = { eofMs: 1500, termMs: 2000 }

/** The code of our own for faults: outside of what JSON-RPC and MCP keep for themselves. */
const FAULT = -31_002

/**
 * Stands between a client and a stdio server: every line of either goes to the proxy, and only what the proxy says
 * reaches the other one. Without a proxy nothing passes.
 */
export class Wrapper {
  /** The exit code of this process. */
  readonly ended: Promise<number>
  readonly #options: WrapperOptions
  readonly #server: StdioServer
  readonly #keeper: LinkKeeper
  readonly #requests = new OpenRequests()
  readonly #waiting = new WaitingLines()
  readonly #exit: (code: number) => void
  #reason: SallyportNotReached | undefined
  #patience: NodeJS.Timeout | undefined
  #failure: NodeJS.Timeout | undefined
  #told = ''
  #inputEnded = false
  #over = false
  #answered = false
  #settled: (() => void) | undefined

  constructor(options: WrapperOptions) {
    this.#options = options
    const { promise, resolve } = Promise.withResolvers<number>()
    this.ended = promise
    this.#exit = resolve
    this.#server = new StdioServer({
      command: options.command,
      env: options.env,
      maxLineBytes: MAX_LINE,
      maxWaitingBytes: Number.POSITIVE_INFINITY,
      watchdog: new Watchdog(),
      onLine: (line) => this.#fromServer(line),
      onEnd: (end) => void this.#serverEnded(end),
    })
    // Until there is a proxy nobody may hear the server.
    this.#server.pause()
    this.#keeper = new LinkKeeper({
      finder: options.finder,
      onFrame: (frame) => this.#fromProxy(frame),
      onUp: (link) => this.#up(link),
      onDown: () => this.#down(),
      onFailed: (reason) => this.#failed(reason),
    })
    this.#patience = setTimeout(() => this.#giveUpWaiting(), CONNECT_MS)
    this.#listenToClient()
  }

  /** Passed on to the server, which decides what to do about it. */
  signal(signal: NodeJS.Signals): void {
    this.#server.signal(signal)
  }

  /** Ends the server, and this with it. */
  end(): void {
    void this.#server.stop(PATIENCE)
  }

  #listenToClient(): void {
    const { input, output } = this.#options
    const decoder = lineDecoder({ maxBytes: MAX_LINE })
    input.on('data', (bytes: Buffer) => {
      for (const line of decoder.push(bytes)) {
        if (line === null) this.#tooLong()
        else this.#fromClient(line)
      }
    })
    input.on('error', () => void this.#clientEnded())
    input.on('end', () => void this.#clientEnded())
    // Nobody reads what we say: the client is gone.
    output.on('error', () => this.end())
  }

  /** Which request it was nobody has read: a client that waits for one can only be told that it was not sent. */
  #tooLong(): void {
    const { message, code } = new ClientLineTooLong(MAX_LINE)
    this.#options.note(message)
    const error = { code: FAULT, message, data: { code } }
    this.#options.output.write(`${JSON.stringify({ jsonrpc: '2.0', id: null, error })}\n`)
  }

  #fromClient(line: Uint8Array): void {
    const id = this.#requests.asked(line)
    const { link } = this.#keeper
    if (link !== undefined && this.#waiting.empty) {
      this.#sendToProxy(link, 'c', line, this.#options.input)
    } else if (this.#reason !== undefined) {
      if (id !== undefined) this.#tellFault(id, this.#reason)
    } else {
      this.#waiting.add(line)
      if (this.#waiting.full) this.#options.input.pause()
    }
  }

  #fromServer(line: Uint8Array | null): void {
    if (line === null) {
      this.#options.note('the server wrote a line that is too long; it is ended')
      void this.#server.stop({ eofMs: 0, termMs: PATIENCE.termMs })
      return
    }
    const { link } = this.#keeper
    if (link !== undefined) this.#sendToProxy(link, 's', line, this.#server)
  }

  #sendToProxy(
    link: ProxyLink,
    tag: 'c' | 's',
    line: Uint8Array,
    from: { pause(): unknown; resume(): unknown },
  ): void {
    if (link.send(tag, line)) return
    from.pause()
    link.onceDrained(() => from.resume())
  }

  #fromProxy({ tag, line }: Frame): void {
    switch (tag) {
      case 'c':
        this.#toClient(line)
        return
      case 's':
        this.#server.send(line.toString())
        if (this.#server.waiting > WAITING_HIGH) this.#pauseLink((go) => this.#server.onceDrained(go))
        return
      case 'x': {
        const word = decodeWord(line)
        if (word?.word === 'session') this.#keeper.session = word.session
      }
    }
  }

  #toClient(line: Uint8Array): void {
    this.#answered = true
    this.#requests.told(line)
    const { output } = this.#options
    if (!output.write(Buffer.concat([line, LINE_END]))) this.#pauseLink((go) => output.once('drain', go))
    if (this.#requests.size === 0) this.#settled?.()
  }

  /** A slow reader slows down the proxy, and through it the other side. */
  #pauseLink(onceDrained: (go: () => void) => void): void {
    const { link } = this.#keeper
    link?.pause()
    onceDrained(() => link?.resume())
  }

  #stopWaiting(): void {
    clearTimeout(this.#patience)
    clearTimeout(this.#failure)
    this.#failure = undefined
  }

  #up(link: ProxyLink): void {
    this.#stopWaiting()
    this.#reason = undefined
    for (const line of this.#waiting.takeAll()) link.send('c', line)
    this.#options.input.resume()
    this.#server.resume()
  }

  /** Requests that were under way are not tried again: they may have been carried out. */
  #down(): void {
    if (this.#over) return
    this.#server.pause()
    for (const id of this.#requests.takeAll()) this.#tellFault(id, new SallyportLost())
    this.#settled?.()
    this.#patience = setTimeout(() => this.#giveUpWaiting(), CONNECT_MS)
  }

  #failed(reason: SallyportNotReached): void {
    if (this.#told !== reason.message) this.#options.note(reason.message)
    this.#told = reason.message
    if (reason.refused || this.#reason !== undefined) {
      this.#giveUpWaiting(reason)
      return
    }
    // One Sallyport ends and another begins, so a failure may be over in a moment.
    clearTimeout(this.#patience)
    this.#failure ??= setTimeout(() => this.#giveUpWaiting(reason), RETRY_MS)
  }

  #giveUpWaiting(reason = new SallyportNotReached('it takes too long')): void {
    this.#stopWaiting()
    if (this.#keeper.link !== undefined) return
    this.#reason = reason
    this.#waiting.takeAll()
    for (const id of this.#requests.takeAll()) this.#tellFault(id, reason)
    this.#options.input.resume()
    this.#settled?.()
  }

  async #clientEnded(): Promise<void> {
    if (this.#inputEnded) return
    this.#inputEnded = true
    await this.#answersWithin(LAST_ANSWERS_MS)
    this.end()
  }

  async #serverEnded(end: ServerEnd): Promise<void> {
    const how = howItEnded(end)
    const early = this.#requests.size > 0
    const { link } = this.#keeper
    if (link !== undefined) {
      link.tell({ word: 'ended', how })
      await this.#answersWithin(LAST_ERRORS_MS)
    }
    this.#over = true
    for (const id of this.#requests.takeAll()) this.#tellFault(id, new WrappedServerEnded(how))
    if (end.error) this.#options.note(end.error.message)
    const { hint } = this.#options
    if (hint !== undefined && !this.#answered && (end.code ?? 0) > 0) this.#options.note(hint)
    this.#stopWaiting()
    this.#keeper.stop()
    this.#options.input.destroy()
    // Once everything before it was written, or cannot be.
    this.#options.output.write('', () => this.#exit(exitCodeOf(end, early)))
  }

  async #answersWithin(ms: number): Promise<void> {
    if (this.#requests.size === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#settled = resolve
    const timer = setTimeout(resolve, ms)
    await promise
    clearTimeout(timer)
    this.#settled = undefined
  }

  #tellFault(id: string | number, { code, message }: SallyportError): void {
    this.#requests.answered(id)
    const error = { code: FAULT, message, data: { code } }
    this.#options.output.write(`${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`)
  }
}

const LINE_END = Buffer.from('\n')

function howItEnded({ code, signal, error }: ServerEnd): string {
  if (error) return 'its command could not be run'
  return signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`
}

/** The server's own exit code, as a shell gives it. An end in the middle of a call is not a success. */
function exitCodeOf({ code, signal, error }: ServerEnd, early: boolean): number {
  if (error) return 127
  if (signal !== null) return 128 + (constants.signals[signal] ?? 0)
  return code || (early ? 1 : 0)
}
