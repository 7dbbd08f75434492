import { type Fleet, startFleet, startKafka, startNats } from '@sallyport/native'
import { apiOf } from '../e2e/support/api.ts'
import type { Composition } from '../e2e/support/composition.ts'
import { compositionOf } from '../e2e/support/composition-of-fleet.ts'
import { startStandalone } from '../e2e/support/standalone-composition.ts'
import type { LoadTarget, OpenCallers } from './callers.ts'
import { startChild } from './child.ts'
import { type LoadResult, measureLoad } from './load.ts'
import { residentMemory } from './memory.ts'
import { count, markdownTable, ms, ratio } from './table.ts'

const CALLERS = [1, 16, 64]

interface Path {
  readonly name: string
  readonly target: LoadTarget
  readonly memory: () => string
}

/** tools/call straight, through a bare proxy, through standalone and through the fleet, in alternating rounds. */
export async function benchCalls(open: OpenCallers, seconds: number, withFleet: boolean): Promise<string> {
  const cleanup: (() => unknown)[] = []
  try {
    const upstream = await startChild('./echo-upstream.ts')
    cleanup.push(() => upstream.stop())
    const bare = await startChild('./bare-proxy.ts', upstream.url)
    cleanup.push(() => bare.stop())
    const paths: Path[] = [
      { name: 'straight', target: { url: upstream.url }, memory: () => memoryOf(upstream.pid) },
      { name: 'bare Node proxy', target: { url: bare.url }, memory: () => memoryOf(bare.pid) },
    ]
    const standalone = await startStandalone()
    cleanup.push(() => standalone.stop())
    paths.push({
      name: 'standalone',
      target: await governedTarget(standalone, upstream.url),
      memory: () => memoryOf(standalone.pid),
    })
    if (withFleet) {
      const kafka = await startKafka()
      cleanup.push(() => kafka.stop())
      const nats = await startNats()
      cleanup.push(() => nats.stop())
      const fleet = await startFleet({
        kafkaBrokers: kafka.brokers.join(','),
        natsUrl: nats.url,
        proxies: 1,
        decisions: 1,
      })
      cleanup.push(() => fleet.stop())
      paths.push({
        name: 'fleet',
        target: await governedTarget(compositionOf(fleet), upstream.url),
        memory: () => fleetMemory(fleet),
      })
    }
    return await compare(open, paths, seconds)
  } finally {
    for (const step of cleanup.reverse()) await step()
  }
}

async function compare(open: OpenCallers, paths: readonly Path[], seconds: number): Promise<string> {
  const rows: string[][] = []
  for (const callers of CALLERS) {
    const results: LoadResult[] = []
    for (const path of paths) results.push(await measureLoad(open, path.target, callers, seconds))
    const [straight, bare] = results as [LoadResult, LoadResult]
    paths.forEach((path, index) => {
      const result = results[index] as LoadResult
      rows.push([
        String(callers),
        path.name,
        count(result.perSecond),
        ratio(result.perSecond / bare.perSecond),
        ms(result.p50),
        ms(result.p99),
        `+${ms(result.p50 - straight.p50)}`,
        count(result.failed),
        path.memory(),
      ])
    })
  }
  return markdownTable(
    [
      'callers',
      'path',
      'calls/s',
      'of bare proxy',
      'p50 ms',
      'p99 ms',
      'p50 over straight',
      'failed',
      'resident MiB',
    ],
    rows,
  )
}

async function governedTarget(composition: Composition, upstreamUrl: string): Promise<LoadTarget> {
  const api = apiOf(composition)
  const gateway = await api.addGateway()
  const upstream = await api.addUpstream(upstreamUrl)
  await api.permit(gateway.name, 'mcp.tools.read_*', 'allow')
  await composition.inForce()
  return {
    url: `${composition.proxies[0]}/mcp/${upstream}`,
    headers: { authorization: `Bearer ${gateway.token}` },
  }
}

function memoryOf(pid: number): string {
  const { own, children } = residentMemory(pid)
  return children > 0 ? `${count(own)} + ${count(children)} ClickHouse` : count(own)
}

function fleetMemory(fleet: Fleet): string {
  return [...fleet.processes]
    .map(([name, process]) => `${name} ${count(residentMemory(process.pid ?? 0).own)}`)
    .join(', ')
}
