import { apiOf } from '../e2e/support/api.ts'
import { startStandalone } from '../e2e/support/standalone-composition.ts'
import { bareCallers } from './callers.ts'
import { startChild } from './child.ts'
import { measureCount } from './load.ts'
import { residentMemory } from './memory.ts'
import { count, markdownTable } from './table.ts'

/** Resident memory of standalone while `actions` tools/call pass through it, read after each tenth. */
export async function benchSoak(actions: number): Promise<string> {
  const upstream = await startChild('./echo-upstream.ts')
  const standalone = await startStandalone()
  try {
    const api = apiOf(standalone)
    const gateway = await api.addGateway()
    const name = await api.addUpstream(upstream.url)
    await api.permit(gateway.name, 'mcp.tools.read_*', 'allow')
    const target = {
      url: `${standalone.proxies[0]}/mcp/${name}`,
      headers: { authorization: `Bearer ${gateway.token}` },
    }
    const rows: string[][] = []
    for (let step = 1; step <= 10; step += 1) {
      const perSecond = await measureCount(bareCallers, target, 64, Math.ceil(actions / 10))
      const { own, children } = residentMemory(standalone.pid)
      rows.push([
        count((actions / 10) * step),
        count(perSecond),
        count(own),
        count(children),
        count(own + children),
      ])
      console.error(rows.at(-1)?.join('  '))
    }
    return markdownTable(
      ['actions', 'calls/s', 'standalone MiB', 'ClickHouse child MiB', 'together MiB'],
      rows,
    )
  } finally {
    await standalone.stop()
    upstream.stop()
  }
}
