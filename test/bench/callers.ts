import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { Pool } from 'undici'

export interface LoadTarget {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Callers {
  /** One tools/call of one caller; what failed, or undefined when its result came. */
  call(caller: number): Promise<string | undefined>
  close(): Promise<void>
}

export type OpenCallers = (target: LoadTarget, callers: number) => Promise<Callers>

const TOOL = { name: 'read_note', arguments: { path: '/notes/today.md', limit: 20 } }

/** Bare HTTP requests: the least a caller can cost, so whatever is measured shows at its largest. */
export const bareCallers: OpenCallers = async (target, callers) => {
  const url = new URL(target.url)
  const pool = new Pool(url.origin, { connections: callers, pipelining: 1 })
  const headers = {
    ...target.headers,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  let id = 0
  return {
    async call() {
      id += 1
      const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: TOOL })
      const response = await pool.request({ path: url.pathname, method: 'POST', headers, body })
      const text = await response.body.text()
      const failed =
        response.statusCode !== 200 || text.includes('"isError":true') || text.includes('"error":')
      return failed ? `a call failed with ${response.statusCode}: ${text.slice(0, 300)}` : undefined
    },
    close: () => pool.close(),
  }
}

/** The official SDK client, one for each caller, connected before anything is measured: the cost of an agent. */
export const sdkCallers: OpenCallers = async (target, callers) => {
  const clients = await Promise.all(
    Array.from({ length: callers }, async () => {
      const client = new Client({ name: 'bench', version: '1.0.0' })
      const requestInit = target.headers ? { headers: { ...target.headers } } : {}
      const transport = new StreamableHTTPClientTransport(new URL(target.url), { requestInit })
      await client.connect(transport as Transport)
      return client
    }),
  )
  return {
    async call(caller) {
      const result = await clients[caller]?.callTool(TOOL)
      return result?.isError ? JSON.stringify(result.content) : undefined
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()))
    },
  }
}
