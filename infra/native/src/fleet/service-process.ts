import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Backoff, messageOf } from '@sallyport/runtime'
import { type EngineProcess, type EngineSpec, startEngineProcess } from '../engine-process.ts'

const root = join(import.meta.dirname, '../../../..')

export interface ServiceSpec {
  /** Names the process and its log file, e.g. `proxy-1`. */
  readonly name: string
  readonly service: 'proxy' | 'decision' | 'approvals' | 'audit'
  readonly environment: Readonly<Record<string, string>>
  /** Where `/healthz` answers. */
  readonly health: string
  readonly logFolder: string
  /** The file that is run, instead of the service's own. */
  readonly entry?: string
  /** Of its Node. */
  readonly flags?: readonly string[]
  /** Told of each process that is started again. */
  readonly log?: (line: string) => void
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5000
/** A process that has run for so long has not failed at its start. */
const STEADY_MS = 60_000

/**
 * One service as a process of its own, which never outlives this one. Resolves when its /healthz answers. A process that
 * ends by itself is started again, after a pause that grows while it keeps ending; one that was ended here is not.
 */
export async function startServiceProcess(spec: ServiceSpec): Promise<EngineProcess> {
  let reviving = new AbortController()
  let revived = Promise.resolve()
  let startedAt = performance.now()
  const backoff = new Backoff({ firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS })
  const process = await startEngineProcess({ ...engineOf(spec), onDeath: (how) => (revived = revive(how)) })

  async function revive(how: string): Promise<void> {
    const { signal } = reviving
    let reason = how
    if (performance.now() - startedAt > STEADY_MS) backoff.reset()
    while (!signal.aborted) {
      spec.log?.(`fleet: ${spec.name} ended (${reason}) and is started again`)
      await delay(backoff.nextMs(), undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      startedAt = performance.now()
      try {
        await process.restart()
        // It was to end while it started.
        if (signal.aborted) await process.stop()
        return
      } catch (cause) {
        reason = messageOf(cause)
      }
    }
  }

  const inHand = (order: () => Promise<void>) => async () => {
    reviving.abort()
    await revived
    await order()
  }
  return {
    get pid() {
      return process.pid
    },
    stop: inHand(() => process.stop()),
    kill9: inHand(() => process.kill9()),
    restart: inHand(() => {
      reviving = new AbortController()
      return process.restart()
    }),
  }
}

function engineOf(spec: ServiceSpec): EngineSpec {
  return {
    name: spec.name,
    command: process.execPath,
    args: [...(spec.flags ?? []), spec.entry ?? join(root, 'services', spec.service, 'src', 'main.ts')],
    environment: spec.environment,
    logFile: join(spec.logFolder, `${spec.name}.log`),
    readyWithin: 60_000,
    async probe() {
      const response = await fetch(`${spec.health}/healthz`, { signal: AbortSignal.timeout(1000) })
      if (!response.ok) throw new Error(`it answers ${response.status}`)
    },
  }
}
