import { Pool } from 'undici'

export interface LoadTarget {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface LoadResult {
  readonly callers: number
  readonly calls: number
  /** Calls that were answered with something else than their result; not among `calls`, whose figures the others are. */
  readonly failed: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

const CALL = {
  jsonrpc: '2.0',
  method: 'tools/call',
  params: { name: 'read_note', arguments: { path: '/notes/today.md', limit: 20 } },
}

/** `callers` loops of tools/call, each waiting for its answer, for about `seconds`; the first fifth warms up and is not counted. */
export async function measureLoad(target: LoadTarget, callers: number, seconds: number): Promise<LoadResult> {
  const times: number[] = []
  let failed = 0
  const start = performance.now()
  const counted = start + seconds * 200
  const end = start + seconds * 1000
  await loops(target, callers, (sent, failure) => {
    if (failure) failed += 1
    else if (sent >= counted) times.push(performance.now() - sent)
    return performance.now() < end
  })
  times.sort((a, b) => a - b)
  const elapsed = (performance.now() - counted) / 1000
  return {
    callers,
    calls: times.length,
    failed,
    perSecond: times.length / elapsed,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  }
}

/** A fixed number of calls; gives the rate. Throws on a failed call. */
export async function measureCount(target: LoadTarget, callers: number, calls: number): Promise<number> {
  const start = performance.now()
  let started = callers
  await loops(target, callers, (_, failure) => {
    if (failure) throw new Error(failure)
    started += 1
    return started <= calls
  })
  return calls / ((performance.now() - start) / 1000)
}

/** Runs the loops; `onAnswer` is given when its call was sent and what failed, and says whether that loop goes on. */
async function loops(
  target: LoadTarget,
  callers: number,
  onAnswer: (sent: number, failure: string | undefined) => boolean,
): Promise<void> {
  const url = new URL(target.url)
  const pool = new Pool(url.origin, { connections: callers, pipelining: 1 })
  const headers = {
    ...target.headers,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  let id = 0
  const loop = async () => {
    for (let going = true; going; ) {
      id += 1
      const body = JSON.stringify({ ...CALL, id })
      const sent = performance.now()
      const response = await pool.request({ path: url.pathname, method: 'POST', headers, body })
      const text = await response.body.text()
      const failed =
        response.statusCode !== 200 || text.includes('"isError":true') || text.includes('"error":')
      going = onAnswer(
        sent,
        failed ? `a call failed with ${response.statusCode}: ${text.slice(0, 300)}` : undefined,
      )
    }
  }
  await Promise.all(Array.from({ length: callers }, loop))
  await pool.close()
}

export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}
