import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Collects all garbage now, which blocks for about a millisecond for each megabyte that is alive. For a process that has
 * just built a large state from very many records: what that left behind would stay resident until the heap has grown
 * by as much again, and a process that is idle then never does.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options: Readonly<Record<string, string>>) => void
  setFlagsFromString('--no-expose-gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
