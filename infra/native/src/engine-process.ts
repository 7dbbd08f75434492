import { readFile } from 'node:fs/promises'
import { retry } from '@sallyport/runtime'
import { EngineFailed } from './errors.ts'
import { type GuardedCommand, type GuardedProcess, spawnGuarded } from './guarded-process.ts'

/** What differs between one engine and the next. */
export interface EngineSpec extends GuardedCommand {
  /** One try at talking to the engine; throws while it does not answer. */
  probe(): Promise<void>
  /** How long it may take to answer after a start, in milliseconds. */
  readonly readyWithin: number
  /** Told how, in words, when it has ended and nobody here had ended it. */
  readonly onDeath?: (how: string) => void
}

/** One engine that can be ended and brought back with the same command line. */
export interface EngineProcess {
  /** The engine's own process, undefined while it does not run. */
  readonly pid: number | undefined
  /** Ends it in good order (by force after 20 s). */
  stop(): Promise<void>
  /** SIGKILL, as a crash would: nothing is flushed. */
  kill9(): Promise<void>
  /** Ends it if it runs, and starts it again; resolves when it answers. */
  restart(): Promise<void>
}

const stopWithin = 20_000
const PROBE_EVERY_MS = 100

/** Starts an engine and waits until it answers. Throws EngineFailed with the end of its log if it does not. */
export async function startEngineProcess(spec: EngineSpec): Promise<EngineProcess> {
  let running: GuardedProcess | undefined

  async function begin(): Promise<void> {
    const started = await start(spec)
    running = started
    void started.exited.then((how) => {
      if (running !== started) return
      running = undefined
      spec.onDeath?.(how)
    })
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = running
    running = undefined
    if (!ending) return
    ending.signal(signal)
    const force = setTimeout(() => ending.signal('SIGKILL'), stopWithin)
    await ending.exited
    clearTimeout(force)
  }

  await begin()
  return {
    get pid() {
      return running?.pid
    },
    stop: () => end('SIGTERM'),
    kill9: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM')
      await begin()
    },
  }
}

async function start(spec: EngineSpec): Promise<GuardedProcess> {
  const engine = await spawnGuarded(spec)
  const done = new AbortController()
  const late = AbortSignal.timeout(spec.readyWithin)
  try {
    await Promise.race([
      retry(() => spec.probe(), {
        firstMs: PROBE_EVERY_MS,
        longestMs: PROBE_EVERY_MS,
        signal: AbortSignal.any([done.signal, late]),
      }),
      engine.exited.then((how) => {
        throw new EngineFailed(spec.name, `it ended while starting (${how})`)
      }),
    ])
    return engine
  } catch (cause) {
    engine.signal('SIGKILL')
    await engine.exited
    const what = late.aborted ? `no answer within ${spec.readyWithin / 1000} s` : 'it ended while starting'
    throw new EngineFailed(spec.name, `${what}: ${await lastWords(spec.logFile)}`, { cause })
  } finally {
    done.abort()
  }
}

/** The line of a log that most likely says why: the last that speaks of an error, else the last. */
async function lastWords(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line.trim() !== '')
  const words = lines.findLast((line) => /error|exception|fatal|\[ftl\]/i.test(line)) ?? lines.at(-1)
  return `${words?.trim().slice(0, 300) ?? 'it printed nothing'} (log: ${logFile})`
}
