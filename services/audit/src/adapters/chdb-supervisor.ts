import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Backoff, type Logger, processEnvironment } from '@sallyport/runtime'

const CHILD = fileURLToPath(new URL('./chdb-child.ts', import.meta.url))
/** A child that lived this long did not die of its start: the pauses begin anew. */
const SETTLED_MS = 30_000
const STOP_MS = 2000

export interface SupervisorOptions {
  readonly logger: Logger
  readonly arguments: readonly string[]
  readonly threads: number
  beforeStart(): void
}

export type ChildState =
  | { readonly status: 'running'; readonly restarts: number }
  | { readonly status: 'starting' | 'stopped'; readonly reason: string }

export interface Supervisor {
  /** Once is enough. */
  start(): void
  state(): ChildState
  pid(): number | undefined
  ready(): Promise<void>
  stop(): Promise<void>
}

/** Keeps one child running: starts it again after growing pauses, and lets it go when stopped. */
export function superviseChild(options: SupervisorOptions): Supervisor {
  let child: ChildProcess | undefined
  let timer: NodeJS.Timeout | undefined
  let state: ChildState = { status: 'stopped', reason: 'not started' }
  let ready = Promise.withResolvers<void>()
  const backoff = new Backoff({ firstMs: 100, longestMs: 5000 })
  let restarts = 0
  let begun = false
  let stopped = false
  let lastWords = ''

  const begin = () => {
    state = { status: 'starting', reason: lastWords || 'the embedded ClickHouse is starting' }
    try {
      options.beforeStart()
    } catch (reason) {
      onEnd(reason instanceof Error ? reason.message : String(reason), performance.now())
      return
    }
    const startedAt = performance.now()
    const started = spawn(process.execPath, ['--max-semi-space-size=4', CHILD, ...options.arguments], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: childEnvironment(options.threads),
    })
    child = started
    if (started.stderr)
      createInterface({ input: started.stderr }).on('line', (line) => {
        lastWords = line.slice(0, 500) || lastWords
        options.logger.debug({ line: line.slice(0, 500) }, 'embedded ClickHouse')
      })
    started.on('message', (message) => {
      if (message !== 'ready') return
      lastWords = ''
      state = { status: 'running', restarts }
      options.logger.info(
        { pid: started.pid, ms: Math.round(performance.now() - startedAt) },
        'ClickHouse ready',
      )
      ready.resolve()
    })
    started.on('error', (error) => onEnd(error.message, startedAt))
    started.on('exit', (code, signal) => onEnd(`ended with ${signal ?? code}`, startedAt))
  }

  const onEnd = (how: string, startedAt: number) => {
    child = undefined
    if (stopped) return
    const reason = `the embedded ClickHouse ${how}${lastWords ? `: ${lastWords}` : ''}; it is started again`
    if (state.status === 'running') ready = Promise.withResolvers()
    state = { status: 'starting', reason }
    if (performance.now() - startedAt > SETTLED_MS) backoff.reset()
    const pauseMs = backoff.nextMs()
    options.logger.warn({ reason, pauseMs }, 'embedded ClickHouse ended')
    clearTimeout(timer)
    timer = setTimeout(() => {
      restarts += 1
      begin()
    }, pauseMs)
  }

  return {
    start() {
      if (begun) return
      begun = true
      begin()
    },
    state: () => state,
    pid: () => child?.pid,
    ready: () => ready.promise,
    async stop() {
      stopped = true
      clearTimeout(timer)
      state = { status: 'stopped', reason: 'stopped' }
      if (child) await endChild(child)
    },
  }
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  if (child.connected) child.send('stop', () => {})
  else child.kill('SIGKILL')
  await ended
  clearTimeout(late)
}

/**
 * The engine's allocator (jemalloc) keeps freed pages for seconds and in many arenas. That doubles the memory of a
 * process that ingests. The same holds for glibc's allocator, which Node uses.
 */
const ALLOCATORS = { JE_MALLOC_CONF: 'narenas:4,dirty_decay_ms:500,muzzy_decay_ms:0', MALLOC_ARENA_MAX: '2' }

/** Holds no secret of ours: the engine only has to find its own libraries. */
function childEnvironment(threads: number): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LD_LIBRARY_PATH } = processEnvironment()
  const inherited = Object.entries({ PATH, HOME, TMPDIR, LD_LIBRARY_PATH })
  return {
    ...Object.fromEntries(inherited.filter(([, value]) => value !== undefined)),
    ...ALLOCATORS,
    TZ: 'UTC',
    UV_THREADPOOL_SIZE: String(threads),
  }
}
