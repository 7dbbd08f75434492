import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { expect, test } from 'vitest'
import { startEverything } from '../support/upstreams.ts'
import { type Governed, govern, type World } from './world.ts'

/** The transport of 2024-11-05: one stream for everything that the server says, messages posted beside it. */
export function httpWithSse(world: () => World): void {
  const proxyAt = (index: number) => world().composition.proxies.at(index) as string
  const headersOf = ({ token }: Governed) => ({ authorization: `Bearer ${token}` })

  test('a client of 2024-11-05 works with a server that knows nothing newer', async () => {
    await using stack = new AsyncDisposableStack()
    const old = stack.adopt(await startEverything('sse'), (running) => running.stop())
    const governed = await govern(world(), old.url, { 'mcp.tools.echo': 'allow' })
    const client = new Client({ name: 'old-agent', version: '1.0.0' })
    const headers = headersOf(governed)
    const transport = new SSEClientTransport(new URL(`${proxyAt(0)}/mcp/${governed.upstream}`), {
      requestInit: { headers },
      eventSourceInit: {
        fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headers } }),
      },
    })
    await client.connect(transport as Transport)
    stack.defer(() => client.close())
    expect(
      JSON.stringify(await client.callTool({ name: 'echo', arguments: { message: 'hello' } })),
    ).toContain('hello')
    const denied = await client.callTool({ name: 'get-sum', arguments: { a: 1, b: 2 } })
    expect(denied.isError).toBe(true)
    expect(denied.structuredContent).toMatchObject({
      outcome: 'denied',
      because: 'policy',
      code: 'SP_DENIED',
      retry: 'after_change',
    })
  })

  test('a message posted to any proxy is answered on the stream, whichever proxy that comes through', async () => {
    await using stack = new AsyncDisposableStack()
    const old = stack.adopt(await startEverything('sse'), (running) => running.stop())
    const governed = await govern(world(), old.url, {})
    const abort = new AbortController()
    stack.defer(() => abort.abort())
    const place = `/mcp/${governed.upstream}`
    const stream = await fetch(`${proxyAt(0)}${place}`, {
      headers: { ...headersOf(governed), accept: 'text/event-stream' },
      signal: abort.signal,
    })
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    let heard = ''
    const hear = async (wanted: RegExp) => {
      for (;;) {
        const found = wanted.exec(heard)
        if (found) return found
        heard += (await reader?.read())?.value ?? ''
      }
    }
    const [, endpoint = ''] = await hear(/^event: endpoint\ndata: (\S+)$/m)
    const posted = await fetch(new URL(endpoint, `${proxyAt(-1)}${place}`), {
      method: 'POST',
      headers: { ...headersOf(governed), 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 'over-there', method: 'ping' }),
    })
    expect(posted.status).toBe(202)
    await hear(/"id":"over-there","result":\{\}|"result":\{\},"jsonrpc":"2\.0","id":"over-there"/)
  })
}
