import { Pool } from 'undici'
import { apiOf } from '../e2e/support/api.ts'
import { startStandalone } from '../e2e/support/standalone-composition.ts'
import type { LoadTarget } from './callers.ts'
import { startChild } from './child.ts'
import { quantile } from './load.ts'
import { markdownTable, ms } from './table.ts'

const STREAMS = [1, 16, 64]
const EVENTS = 200
const STAMP = /"data":"(\d+)"/g

/** From the upstream's write of an event to its arrival at the client, straight and through standalone, in alternating rounds. */
export async function benchStreaming(rounds: number): Promise<string> {
  const upstream = await startChild('./streaming-upstream.ts')
  const bare = await startChild('./bare-proxy.ts', upstream.url)
  const standalone = await startStandalone()
  try {
    const api = apiOf(standalone)
    const gateway = await api.addGateway()
    const name = await api.addUpstream(upstream.url)
    await api.permit(gateway.name, 'mcp.tools.watch', 'allow')
    const paths: readonly (readonly [string, LoadTarget])[] = [
      ['straight', { url: upstream.url }],
      ['bare Node proxy', { url: bare.url }],
      [
        'standalone',
        {
          url: `${standalone.proxies[0]}/mcp/${name}`,
          headers: { authorization: `Bearer ${gateway.token}` },
        },
      ],
    ]
    const rows: string[][] = []
    for (const streams of STREAMS) {
      const times = paths.map((): number[] => [])
      for (let round = 0; round < rounds; round += 1)
        for (const [index, [, target]] of paths.entries())
          times[index]?.push(...(await delays(target, streams)))
      const sorted = times.map((path) => path.toSorted((a, b) => a - b))
      const straight = sorted[0] ?? []
      for (const [index, [path]] of paths.entries()) {
        const own = sorted[index] ?? []
        rows.push([
          String(streams),
          path,
          String(own.length),
          ms(quantile(own, 0.5)),
          ms(quantile(own, 0.95)),
          ms(quantile(own, 0.99)),
          `+${ms(quantile(own, 0.95) - quantile(straight, 0.95))}`,
        ])
      }
    }
    return markdownTable(
      ['streams', 'path', 'events', 'p50 ms', 'p95 ms', 'p99 ms', 'p95 over straight'],
      rows,
    )
  } finally {
    await standalone.stop()
    bare.stop()
    upstream.stop()
  }
}

/** Milliseconds that each event of so many answers at once was on its way. */
async function delays({ url, headers }: LoadTarget, streams: number): Promise<number[]> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections: streams })
  const times: number[] = []
  const one = async (_: unknown, id: number) => {
    const { body } = await pool.request({
      path: pathname,
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id,
        method: 'tools/call',
        params: { name: 'watch', arguments: { events: EVENTS } },
      }),
    })
    let seen = 0
    for await (const chunk of body) {
      const now = process.hrtime.bigint()
      for (const [, written] of String(chunk).matchAll(STAMP)) {
        times.push(Number(now - BigInt(written ?? 0)) / 1e6)
        seen += 1
      }
    }
    if (seen !== EVENTS) throw new Error(`an answer had ${seen} events and not ${EVENTS}`)
  }
  await Promise.all(Array.from({ length: streams }).map(one))
  await pool.close()
  return times
}
