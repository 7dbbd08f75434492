import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RunningUpstream } from './upstreams.ts'

const PAGE = 500

/** A server that lists so many tools, page by page, and does nothing else. */
export async function startManyTools(count: number): Promise<RunningUpstream> {
  const tools = Array.from({ length: count }, (_, nth) => ({
    name: `tool_${String(nth).padStart(5, '0')}`,
    description: `Does thing ${nth}`,
    inputSchema: { type: 'object' },
  }))
  const http = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.method !== 'POST') return response.writeHead(405).end()
      const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString('utf8'))
      if (id === undefined) return response.writeHead(202).end()
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result: resultOf(method, params) }))
    })
  })
  function resultOf(method: string, params: { readonly cursor?: string } | undefined): object {
    if (method === 'initialize')
      return {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'many', version: '1' },
      }
    if (method !== 'tools/list') return {}
    const from = Number(params?.cursor ?? 0)
    const next = from + PAGE
    return { tools: tools.slice(from, next), ...(next < count ? { nextCursor: String(next) } : {}) }
  }
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    async stop() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
