import { setTimeout as delay } from 'node:timers/promises'
import type { EngineProcess } from '@sallyport/native'
import { chanceOf, shuffled } from './chance.ts'

/** How often each was killed and paused. */
export type Troubles = ReadonlyMap<string, { readonly killed: number; readonly paused: number }>

export interface TroubleOptions {
  /** Everything that may be killed and paused, by name. */
  readonly processes: ReadonlyMap<string, Pick<EngineProcess, 'pid' | 'kill9' | 'restart'>>
  readonly seed: string
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

const REST_MS = 1500
const LONGEST_PAUSE_MS = 5000
const LONGEST_ABSENCE_MS = 2000
const RESTARTS = 3

/** Kills and pauses one after the other, in rounds of another order each, until the signal. Everything runs when it resolves. */
export async function makeTrouble({ processes, seed, signal, say }: TroubleOptions): Promise<Troubles> {
  const troubles = new Map<string, { killed: number; paused: number }>()
  for (const name of processes.keys()) troubles.set(name, { killed: 0, paused: 0 })
  for (let round = 0; !signal.aborted; round += 1) {
    const turns = [...processes.keys()].flatMap((name) => [
      { name, what: 'killed' as const },
      { name, what: 'paused' as const },
    ])
    for (const { name, what } of shuffled(turns, `${seed}/${round}`)) {
      if (signal.aborted) break
      const process = processes.get(name)
      const known = troubles.get(name)
      if (!process || !known) continue
      const chance = chanceOf(`${seed}/${round}/${name}/${what}`)
      say(`${name} is ${what}`)
      if (what === 'killed') await killAndRestart(process, chance * LONGEST_ABSENCE_MS)
      else await stopAndGoOn(process, chance * LONGEST_PAUSE_MS)
      known[what] += 1
      await delay(REST_MS * 2 * chance, undefined, { signal }).catch(() => undefined)
    }
  }
  return troubles
}

async function killAndRestart(
  process: Pick<EngineProcess, 'kill9' | 'restart'>,
  absentMs: number,
): Promise<void> {
  await process.kill9()
  await delay(absentMs)
  for (let nth = 1; ; nth += 1)
    try {
      return await process.restart()
    } catch (reason) {
      if (nth === RESTARTS) throw reason
    }
}

async function stopAndGoOn({ pid }: Pick<EngineProcess, 'pid'>, pausedMs: number): Promise<void> {
  if (pid === undefined) return
  process.kill(pid, 'SIGSTOP')
  try {
    await delay(pausedMs)
  } finally {
    process.kill(pid, 'SIGCONT')
  }
}
