import { bareCallers, type LoadTarget } from './callers.ts'
import { type LoadResult, measureLoad } from './load.ts'

/** A process that does nothing but call: told what, it answers with what it measured; it ends with its parent. */
export interface LoadJob {
  readonly target: LoadTarget
  readonly callers: number
  readonly seconds: number
}

process.on('message', async ({ target, callers, seconds }: LoadJob) => {
  const result: LoadResult = await measureLoad(bareCallers, target, callers, seconds)
  process.send?.(result)
})
process.on('disconnect', () => process.exit(0))
