import { join } from 'node:path'
import { type EngineProcess, startEngineProcess } from '../engine-process.ts'

const root = join(import.meta.dirname, '../../../..')

export interface ServiceSpec {
  /** Names the process and its log file, e.g. `proxy-1`. */
  readonly name: string
  readonly service: 'proxy' | 'decision' | 'approvals' | 'audit'
  readonly environment: Readonly<Record<string, string>>
  /** Where `/healthz` answers. */
  readonly health: string
  readonly logFolder: string
}

/** One service as a process of its own, which never outlives this one. Resolves when its /healthz answers. */
export function startServiceProcess(spec: ServiceSpec): Promise<EngineProcess> {
  return startEngineProcess({
    name: spec.name,
    command: process.execPath,
    args: [join(root, 'services', spec.service, 'src', 'main.ts')],
    environment: spec.environment,
    logFile: join(spec.logFolder, `${spec.name}.log`),
    readyWithin: 60_000,
    async probe() {
      const response = await fetch(`${spec.health}/healthz`, { signal: AbortSignal.timeout(1000) })
      if (!response.ok) throw new Error(`it answers ${response.status}`)
    },
  })
}
