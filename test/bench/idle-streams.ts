import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { apiOf } from '../e2e/support/api.ts'
import { startStandalone } from '../e2e/support/standalone-composition.ts'
import { startChild } from './child.ts'
import { residentMemory } from './memory.ts'
import { count, markdownTable } from './table.ts'

/** Files that the proxy has open besides: the log, its listeners, pipes. */
const OTHER_FILES = 300
const GROWING_WITHOUT_NEWS_MS = 60_000

/**
 * Resident memory of standalone with so many sessions whose streams are open and silent. Each stream takes the proxy
 * two sockets. If the limit of open files is too low for all, fewer are opened.
 */
export async function benchIdleStreams(wanted: number): Promise<string> {
  const streams = Math.min(wanted, Math.floor((openFilesLimit() - OTHER_FILES) / 2))
  const upstream = await startChild('./streaming-upstream.ts')
  const standalone = await startStandalone({
    environment: { SALLYPORT_PROXY_STREAMS_MAX: String(streams + 100) },
  })
  const cleanup: (() => unknown)[] = [() => upstream.stop(), () => standalone.stop()]
  try {
    const api = apiOf(standalone)
    const gateway = await api.addGateway()
    const name = await api.addUpstream(upstream.url)
    const before = residentMemory(standalone.pid)
    const file = fileURLToPath(new URL('./idle-clients.ts', import.meta.url))
    const clients = fork(file, [`${standalone.proxies[0]}/mcp/${name}`, gateway.token, String(streams)])
    cleanup.push(() => clients.disconnect())
    const rows: string[][] = [row(0, before)]
    let opened = 0
    let comments = 0
    clients.on('message', (news: { readonly opened?: number; readonly comments?: number }) => {
      opened = news.opened ?? opened
      comments = news.comments ?? comments
    })
    let since = performance.now()
    for (let last = 0; opened < streams; await delay(250)) {
      if (opened >= last + 2000) {
        last = opened
        since = performance.now()
        rows.push(row(opened, residentMemory(standalone.pid)))
      }
      if (clients.exitCode !== null || performance.now() - since > GROWING_WITHOUT_NEWS_MS)
        throw new Error(`only ${opened} of ${streams} streams were opened`)
    }
    await delay(20_000)
    rows.push(row(opened, residentMemory(standalone.pid)))
    clients.send('comments')
    await delay(1000)
    const grown = residentMemory(standalone.pid).own - before.own
    return [
      markdownTable(['open streams', 'standalone MiB', 'ClickHouse child MiB'], rows),
      '',
      `${count((grown * 1024) / streams)} KiB for each stream; ${count(comments)} comments have kept them alive so far.`,
      ...(streams < wanted
        ? [`The limit of open files (${openFilesLimit()}) did not allow for ${wanted}.`]
        : []),
    ].join('\n')
  } finally {
    for (const step of cleanup.reverse()) await step()
  }
}

function row(streams: number, { own, children }: ReturnType<typeof residentMemory>): string[] {
  return [count(streams), count(own), count(children)]
}

function openFilesLimit(): number {
  const match = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
  return match ? Number(match[1]) : 1024
}
