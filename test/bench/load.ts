import type { Callers, LoadTarget, OpenCallers } from './callers.ts'

export interface LoadResult {
  readonly callers: number
  readonly calls: number
  /** With those of the warm-up. */
  readonly all: number
  /** Calls that were answered with something else than their result; not among `calls`, whose figures the others are. */
  readonly failed: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** `callers` loops of tools/call, each waiting for its answer, for about `seconds`; the first fifth warms up and is not counted. */
export async function measureLoad(
  open: OpenCallers,
  target: LoadTarget,
  callers: number,
  seconds: number,
): Promise<LoadResult> {
  const times: number[] = []
  let failed = 0
  let answered = 0
  const all = await open(target, callers)
  const start = performance.now()
  const counted = start + seconds * 200
  const end = start + seconds * 1000
  await loops(all, callers, (sent, failure) => {
    answered += 1
    if (failure) failed += 1
    else if (sent >= counted) times.push(performance.now() - sent)
    return performance.now() < end
  })
  const elapsed = (performance.now() - counted) / 1000
  await all.close()
  times.sort((a, b) => a - b)
  return {
    callers,
    calls: times.length,
    all: answered,
    failed,
    perSecond: times.length / elapsed,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  }
}

/** A fixed number of calls; gives the rate. Throws on a failed call. */
export async function measureCount(
  open: OpenCallers,
  target: LoadTarget,
  callers: number,
  calls: number,
): Promise<number> {
  const all = await open(target, callers)
  const start = performance.now()
  let started = callers
  await loops(all, callers, (_, failure) => {
    if (failure) throw new Error(failure)
    started += 1
    return started <= calls
  })
  const elapsed = (performance.now() - start) / 1000
  await all.close()
  return calls / elapsed
}

/** Runs the loops; `onAnswer` is given when its call was sent and what failed, and says whether that loop goes on. */
async function loops(
  all: Callers,
  callers: number,
  onAnswer: (sent: number, failure: string | undefined) => boolean,
): Promise<void> {
  const loop = async (_: unknown, caller: number) => {
    for (let going = true; going; ) {
      const sent = performance.now()
      going = onAnswer(sent, await all.call(caller))
    }
  }
  await Promise.all(Array.from({ length: callers }).map(loop))
}

export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}
