import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const HANDSHAKE = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'echo', version: '1.0.0' },
}

const TOOL = { name: 'read_note', inputSchema: { type: 'object' } }
const FIXED: Readonly<Record<string, unknown>> = {
  initialize: HANDSHAKE,
  'tools/list': { tools: [TOOL] },
}

/** The smallest MCP server there can be: answers every message with its own id and arguments, as JSON. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    if (request.method !== 'POST') return response.writeHead(405).end()
    const message = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    if (message.id === undefined) return response.writeHead(202).end()
    const text = JSON.stringify(message.params?.arguments ?? {})
    const result = FIXED[message.method] ?? { content: [{ type: 'text', text }] }
    const body = JSON.stringify({ jsonrpc: '2.0', id: message.id, result })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit(0))
