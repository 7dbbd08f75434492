import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node'
import { McpServer as SessionServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

/** A server of both eras, with sessions for clients that begin one, and one tool that counts how often it did what. */
export async function startNoteServer() {
  const carriedOut: string[] = []
  const inputSchema = z.object({ text: z.string() })
  const note = ({ text }: { text: string }) => {
    carriedOut.push(text)
    return { content: [{ type: 'text' as const, text: `noted ${text}` }] }
  }
  const handler = createMcpHandler(
    () => {
      const server = new McpServer({ name: 'notes', version: '1.0.0' })
      server.registerTool('note', { inputSchema }, note)
      return server
    },
    { legacy: 'stateless' },
  )
  const withoutSession = toNodeHandler(handler)
  const sessions = new Map<string, StreamableHTTPServerTransport>()
  const newSession = async () => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    })
    const server = new SessionServer({ name: 'notes', version: '1.0.0' })
    server.registerTool('note', { inputSchema: inputSchema.shape }, note)
    await server.connect(transport as Parameters<SessionServer['connect']>[0])
    return transport
  }

  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('utf8')
    const body = text === '' ? undefined : JSON.parse(text)
    // The SDKs answer nobody who takes JSON alone; other servers do.
    request.headers.accept = 'application/json, text/event-stream'
    const id = String(request.headers['mcp-session-id'])
    const session = body?.method === 'initialize' ? await newSession() : sessions.get(id)
    if (session !== undefined) await session.handleRequest(request, response, body)
    else await withoutSession(request as NodeIncomingMessageLike, response, body)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    times: (text: string) => carriedOut.filter((one) => one === text).length,
    async stop() {
      await handler.close()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
