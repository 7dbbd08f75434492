import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { McpServer, type RegisteredTool } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { z } from 'zod'

export interface SeenRequest {
  readonly method: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A real MCP server over HTTP, with a look at what reached it. */
export async function startMcpUpstream(options: { readonly json?: boolean } = {}) {
  const sessions = new Map<string, StreamableHTTPServerTransport>()
  const seen: SeenRequest[] = []
  const calls: string[] = []
  const tools = new Set<RegisteredTool>()
  let description = 'Makes an issue'

  const newServer = () => {
    const server = new McpServer({ name: 'upstream', version: '1.0.0' })
    server.registerTool('echo', { inputSchema: { text: z.string() } }, ({ text }) => {
      calls.push(`echo ${text}`)
      return { content: [{ type: 'text', text }] }
    })
    const issues = server.registerTool(
      'create_issue',
      { description, inputSchema: { title: z.string() } },
      async ({ title }, extra) => {
        calls.push(`create_issue ${title}`)
        const progressToken = extra._meta?.progressToken
        if (progressToken !== undefined) {
          const params = { progressToken, progress: 1, total: 2 }
          await extra.sendNotification({ method: 'notifications/progress', params })
        }
        return { content: [{ type: 'text', text: `made ${title}` }] }
      },
    )
    server.registerTool('fail', {}, () => ({ content: [{ type: 'text', text: 'no' }], isError: true }))
    tools.add(issues)
    return server
  }

  const transportOf = async (sessionId: string | undefined) => {
    const known = sessionId === undefined ? undefined : sessions.get(sessionId)
    if (known) return known
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: options.json ?? false,
      onsessioninitialized: (id) => {
        sessions.set(id, transport)
      },
    })
    await newServer().connect(transport as Parameters<McpServer['connect']>[0])
    return transport
  }

  const http = createServer(async (request, response) => {
    const body = await text(request)
    seen.push({ method: request.method ?? '', headers: request.headers, body })
    const sessionId = request.headers['mcp-session-id']
    const transport = await transportOf(typeof sessionId === 'string' ? sessionId : undefined)
    await transport.handleRequest(request, response, body === '' ? undefined : JSON.parse(body))
  })
  const port = await listen(http)
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    seen,
    /** The tool calls that were carried out. */
    calls,
    /** The description of create_issue from now on. */
    describeTool(text: string) {
      description = text
      for (const tool of tools) tool.update({ description: text })
    },
    sessions,
    stop: () => close(http),
  }
}

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

export async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

export async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
