import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { ProxyFixture } from './proxy-fixture.ts'

export type Mode = NonNullable<NonNullable<ClientOptions['versionNegotiation']>['mode']>

/** A real client of the official SDK v2, through the proxy or, with nothing but a url, at the server itself. */
export async function startStatelessAgent(
  target: { readonly url: string; readonly token?: string },
  mode: Mode = { pin: '2026-07-28' },
  options: ClientOptions = {},
) {
  const headers = target.token === undefined ? {} : { authorization: `Bearer ${target.token}` }
  const transport = new StreamableHTTPClientTransport(new URL(target.url), { requestInit: { headers } })
  const client = new Client(
    { name: 'stateless-agent', version: '2.0.0' },
    { ...options, versionNegotiation: { mode } },
  )
  await client.connect(transport)
  return { client, transport, stop: () => client.close() }
}

export function through({ url, token }: Pick<ProxyFixture, 'url' | 'token'>, upstream = 'files') {
  return { url: `${url}/mcp/${upstream}`, token }
}

export const VERSION = '2026-07-28'

/** The `_meta` that every request of the revision carries. */
export const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': VERSION,
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
}

/** A request with what it must have, and the header fields that go with it. */
export function statelessRequest(method: string, params: object = {}, id: string | number = 1) {
  const name = Object.entries(params).find(([key]) => key === 'name' || key === 'uri' || key === 'taskId')
  return {
    body: { jsonrpc: '2.0', id, method, params: { ...params, _meta: ENVELOPE } },
    headers: {
      'mcp-protocol-version': VERSION,
      'mcp-method': method,
      ...(name === undefined ? {} : { 'mcp-name': String(name[1]) }),
    } as Record<string, string>,
  }
}
