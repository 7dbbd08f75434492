import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const HANDSHAKE = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'streaming', version: '1.0.0' },
}
const WATCH = { name: 'watch', inputSchema: { type: 'object' } }
/** Milliseconds between two events of one answer. */
const EVERY_MS = 5
let sessions = 0

/**
 * An MCP server whose tool answers with a stream of events, each with the moment at which it was written on the clock
 * that all processes of a machine have in common. A GET opens a stream on which nothing ever happens.
 */
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    if (request.method === 'GET') {
      events(response).flushHeaders()
      return
    }
    if (request.method !== 'POST') {
      response.writeHead(405).end()
      return
    }
    const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    if (id === undefined) response.writeHead(202).end()
    else if (method === 'initialize') {
      sessions += 1
      response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': `session-${sessions}` })
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result: HANDSHAKE }))
    } else if (method === 'tools/list') {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { tools: [WATCH] } }))
    } else stream(response, id, params.arguments.events)
  })
})

function stream(response: ServerResponse, id: unknown, count: number): void {
  events(response).flushHeaders()
  let left = count
  const timer = setInterval(() => {
    if (left-- > 0) {
      const data = String(process.hrtime.bigint())
      const note = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data } }
      response.write(`event: message\ndata: ${JSON.stringify(note)}\n\n`)
      return
    }
    clearInterval(timer)
    const result = { jsonrpc: '2.0', id, result: { content: [] } }
    response.end(`event: message\ndata: ${JSON.stringify(result)}\n\n`)
  }, EVERY_MS)
  response.on('close', () => clearInterval(timer))
}

function events(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' })
}

server.keepAliveTimeout = 60_000
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
  process.send?.((server.address() as AddressInfo).port),
)
process.on('disconnect', () => process.exit(0))
