import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js'
import { Server as ServerOfV1 } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server'

/** A real server with a tool that its callers may use (`read`) and one that they may not. */
export interface Victim {
  readonly url: string
  /** How often `delete` was run. */
  deleted(): number
  stop(): Promise<void>
}

const TOOLS = ['read', 'delete']

/** The official SDKs, each without anything in front of it but what its own documentation puts there. */
export const VICTIMS: Readonly<Record<string, () => Promise<Victim>>> = {
  'SDK v1 in Express': () =>
    startVictim((ran) => {
      const app = createMcpExpressApp()
      app.post('/mcp', (request: IncomingMessage & { readonly body?: unknown }, response: ServerResponse) =>
        answerWithV1(ran, request, response, request.body),
      )
      return app
    }),
  'SDK v1': () => startVictim((ran) => (request, response) => void answerWithV1(ran, request, response)),
  'SDK v2': () =>
    startVictim((ran) => {
      const handle = toNodeHandler(createMcpHandler(() => serverOfV2(ran)))
      return (request, response) => void handle(request as NodeIncomingMessageLike, response)
    }),
}

type Ran = (tool: string) => void

async function startVictim(listener: (ran: Ran) => RequestListener): Promise<Victim> {
  let deleted = 0
  const server = createServer(
    listener((tool) => {
      if (tool === 'delete') deleted++
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    deleted: () => deleted,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answerWithV1(
  ran: Ran,
  ...exchange: Parameters<StreamableHTTPServerTransport['handleRequest']>
): Promise<void> {
  const server = new ServerOfV1({ name: 'victim', version: '1.0.0' }, { capabilities: { tools: {} } })
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: TOOLS.map((name) => ({ name, inputSchema: { type: 'object' as const } })),
  }))
  server.setRequestHandler(CallToolRequestSchema, ({ params: { name } }) => {
    ran(name)
    return { content: [{ type: 'text', text: `${name} was run` }] }
  })
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
  await server.connect(transport as Transport)
  await transport.handleRequest(...exchange)
}

function serverOfV2(ran: Ran): McpServer {
  const server = new McpServer({ name: 'victim', version: '1.0.0' })
  for (const name of TOOLS)
    server.registerTool(name, { inputSchema: fromJsonSchema({ type: 'object' }) }, () => {
      ran(name)
      return { content: [{ type: 'text', text: `${name} was run` }] }
    })
  return server
}
