import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { ProxyFixture } from './proxy-fixture.ts'

/** A real MCP client that works through the proxy. */
export async function startAgent(proxy: Pick<ProxyFixture, 'url' | 'token'>, upstream = 'files') {
  const transport = new StreamableHTTPClientTransport(new URL(`${proxy.url}/mcp/${upstream}`), {
    requestInit: { headers: { authorization: `Bearer ${proxy.token}` } },
  })
  const client = new Client({ name: 'test-agent', version: '1.2.3' })
  await client.connect(transport as Parameters<Client['connect']>[0])
  return { client, transport, stop: () => client.close() }
}

/** Posts a body as it is, as clients do that speak HTTP themselves. */
export function post(
  proxy: Pick<ProxyFixture, 'url' | 'token'>,
  body: unknown,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${proxy.url}/mcp/files`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${proxy.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  })
}

export function toolCall(name: string, args: object, id: string | number = 1, meta?: object) {
  const params = { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) }
  return { jsonrpc: '2.0', id, method: 'tools/call', params }
}
