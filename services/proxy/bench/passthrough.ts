/**
 * `node services/proxy/bench/passthrough.ts`: tools/call straight to an echo upstream, through a bare streaming
 * proxy, and through ours (sqlite log or, with `--memory`, one in memory; decision in process), at 1 and 64 callers.
 * Upstream, bare proxy and load run in processes of their own. `--only ours` leaves the rest out, for profiling.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryEventLog, sqliteEventLog } from '@sallyport/event-log'
import { startProxy } from '../src/testing/proxy-fixture.ts'

const SECONDS = 4

const BODY = JSON.stringify({
  jsonrpc: '2.0',
  id: 7,
  method: 'tools/call',
  params: { name: 'echo', arguments: { text: 'x'.repeat(200), path: '/tmp/a', count: 3 } },
})

interface Figures {
  readonly rate: number
  readonly p50: number
  readonly p99: number
}

async function main(): Promise<void> {
  const [role, value] = process.argv.slice(2)
  if (role === '--upstream') return upstream()
  if (role === '--load') return load(JSON.parse(value ?? ''))
  if (role === '--bare') return bare(value ?? '')
  const only = role === '--only' ? value : undefined

  const up = await child('--upstream')
  const bareProxy = await child('--bare', up.url)
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'))
  const log = process.argv.includes('--memory')
    ? memoryEventLog()
    : await sqliteEventLog({ path: join(folder, 'log.db') })
  const proxy = await startProxy({ log })
  proxy.control.addUpstream('files', `${up.url}/mcp`)
  proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
  const targets = {
    straight: { url: `${up.url}/mcp`, token: '' },
    bare: { url: `${bareProxy.url}/mcp`, token: '' },
    ours: { url: `${proxy.url}/mcp/files`, token: proxy.token },
  }
  for (const callers of [1, 64]) {
    for (const [name, target] of Object.entries(targets)) {
      if (only !== undefined && only !== name) continue
      const { rate, p50, p99 } = await measure({ ...target, callers })
      print(
        `${name.padEnd(9)} ${String(callers).padStart(3)} callers ${rate.toFixed(0).padStart(7)}/s  p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms`,
      )
    }
  }
  await proxy.stop()
  await log.close()
  await rm(folder, { recursive: true })
  up.process.kill()
  bareProxy.process.kill()
}

function measure(job: { url: string; token: string; callers: number }): Promise<Figures> {
  const worker = fork(import.meta.filename, ['--load', JSON.stringify(job)], { execArgv: [] })
  return once(worker, 'message').then(([figures]) => figures as Figures)
}

async function child(...args: string[]) {
  const process = fork(import.meta.filename, args, { execArgv: [] })
  const [port] = await once(process, 'message')
  return { process, url: `http://127.0.0.1:${port}` }
}

function upstream(): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { id, params } = JSON.parse(Buffer.concat(chunks).toString())
      const result = { content: [{ type: 'text', text: params.arguments.text }] }
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
    })
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
}

function bare(target: string): void {
  const { hostname, port } = new URL(target)
  const agent = new Agent({ keepAlive: true })
  const server = createServer((request, response) => {
    const { method, url: path, headers } = request
    const onward = httpRequest({ hostname, port, method, path, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
}

async function load(job: { url: string; token: string; callers: number }): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: job.callers })
  const options = {
    agent,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'content-length': Buffer.byteLength(BODY),
      ...(job.token === '' ? {} : { authorization: `Bearer ${job.token}` }),
    },
  }
  const once = () =>
    new Promise<void>((resolve, reject) => {
      const call = httpRequest(job.url, options, (answer) => {
        let text = ''
        answer.on('data', (chunk) => {
          text += chunk
        })
        answer.on('end', () =>
          text.includes('"content"') && !text.includes('isError') ? resolve() : reject(new Error(text)),
        )
      })
      call.on('error', reject)
      call.end(BODY)
    })
  const times: number[] = []
  const run = async (until: number, keep: boolean) => {
    while (performance.now() < until) {
      const start = performance.now()
      await once()
      if (keep) times.push(performance.now() - start)
    }
  }
  const all = (ms: number, keep: boolean) => {
    const until = performance.now() + ms
    return Promise.all(Array.from({ length: job.callers }, () => run(until, keep)))
  }
  await all(1500, false)
  await all(SECONDS * 1000, true)
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
  process.send?.({ rate: times.length / SECONDS, p50: at(0.5), p99: at(0.99) })
  agent.destroy()
  process.disconnect?.()
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

await main()
