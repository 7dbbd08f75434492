import { type ChildProcessWithoutNullStreams, type SpawnOptions, spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { lineDecoder } from '@sallyport/jsonrpc'
import { ServerNotStarted } from './errors.ts'
import { signalGroup } from './process-group.ts'
import type { Watchdog } from './watchdog.ts'

export interface StdioServerOptions {
  /** The program and its arguments; no shell is involved. */
  readonly command: readonly string[]
  readonly cwd?: string
  readonly env: NodeJS.ProcessEnv
  /** Longest line of the server's, in bytes. */
  readonly maxLineBytes: number
  /** How many bytes may wait for the server to read them. */
  readonly maxWaitingBytes: number
  readonly watchdog: Watchdog
  /** Gets what the server writes to its standard error. Without it, the server writes to ours. */
  readonly onStderr?: (bytes: Uint8Array) => void
  /** A line without its end; null for one that is too long, as soon as it is, and nothing of it is kept. */
  readonly onLine: (line: Uint8Array | null) => void
  /** Called once, after its last line, when it and everything in its process group is gone. */
  readonly onEnd: (end: ServerEnd) => void
}

/** How a server ended. `error`: it could not be run at all. */
export interface ServerEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly error?: ServerNotStarted
}

export interface StopPatience {
  /** How long it has to end by itself after its input ended, and after SIGTERM. */
  readonly eofMs: number
  readonly termMs: number
}

/**
 * Milliseconds for which the pipes of an ended server are still read. A process that it left behind may hold them
 * open.
 */
const DRAIN_MS = 500

/** An MCP server as a child process in its own process group: lines in, lines out. */
export class StdioServer {
  readonly pid: number | undefined
  readonly ended: Promise<ServerEnd>
  readonly #options: StdioServerOptions
  readonly #child: ChildProcessWithoutNullStreams
  #stopping: Promise<ServerEnd> | undefined

  constructor(options: StdioServerOptions) {
    this.#options = options
    const { command, cwd, env, watchdog, onStderr, onLine, maxLineBytes } = options
    const [program = '', ...args] = command
    watchdog.standBy()
    const how: SpawnOptions = {
      env,
      ...(cwd === undefined ? {} : { cwd }),
      stdio: ['pipe', 'pipe', onStderr ? 'pipe' : 'inherit'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    }
    this.#child = spawn(program, args, how) as ChildProcessWithoutNullStreams
    this.pid = this.#child.pid
    if (this.pid !== undefined) watchdog.watch(this.pid)
    // A failed write is followed by the end of the server.
    this.#child.stdin.on('error', () => {})
    if (onStderr) this.#child.stderr.on('data', onStderr)
    const decoder = lineDecoder({ maxBytes: maxLineBytes })
    this.#child.stdout.on('data', (bytes: Buffer) => {
      for (const line of decoder.push(bytes)) onLine(line)
    })
    this.ended = this.#end()
  }

  /** False when too much waits for the server to read it already: the line was not taken. */
  send(text: string): boolean {
    const { stdin } = this.#child
    if (!stdin.writable) return false
    if (stdin.writableLength > 0 && stdin.writableLength + text.length > this.#options.maxWaitingBytes)
      return false
    stdin.write(`${text}\n`)
    return true
  }

  /** Bytes that wait for the server to read them. */
  get waiting(): number {
    return this.#child.stdin.writableLength
  }

  onceDrained(go: () => void): void {
    this.#child.stdin.once('drain', go)
  }

  pause(): void {
    this.#child.stdout.pause()
  }

  resume(): void {
    this.#child.stdout.resume()
  }

  signal(signal: NodeJS.Signals): void {
    if (this.pid !== undefined) signalGroup(this.pid, signal)
  }

  /** Ends its input, then asks it to end, then kills it, with everything that it started in its group. */
  stop(patience: StopPatience): Promise<ServerEnd> {
    this.#stopping ??= this.#stop(patience)
    return this.#stopping
  }

  async #stop({ eofMs, termMs }: StopPatience): Promise<ServerEnd> {
    this.#child.stdin.end()
    // A server that writes before it ends must not wait for us.
    this.resume()
    if (await this.#endsWithin(eofMs)) return this.ended
    this.signal('SIGTERM')
    if (await this.#endsWithin(termMs)) return this.ended
    this.signal('SIGKILL')
    return this.ended
  }

  async #endsWithin(ms: number): Promise<boolean> {
    const late = new AbortController()
    const ended = await Promise.race([
      this.ended.then(() => true),
      delay(ms, false, { signal: late.signal }).catch(() => false),
    ])
    late.abort()
    return ended
  }

  async #end(): Promise<ServerEnd> {
    const child = this.#child
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const end = await new Promise<ServerEnd>((resolve) => {
      child.once('error', (cause: NodeJS.ErrnoException) => {
        // An error after it ran, such as a signal that could not be sent, does not end it.
        if (child.pid === undefined)
          resolve({
            code: null,
            signal: null,
            error: new ServerNotStarted(cause.code ?? 'unknown', { cause }),
          })
      })
      child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    if (child.pid !== undefined) {
      const leftBehind = signalGroup(child.pid, 0)
      this.resume()
      await Promise.race([closed, delay(DRAIN_MS, undefined, { ref: false })])
      if (leftBehind) signalGroup(child.pid, 'SIGKILL')
      this.#options.watchdog.forget(child.pid)
    }
    child.stdout.destroy()
    this.#options.onEnd(end)
    return end
  }
}
