import { createServer } from 'node:http'
import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node'
import {
  acceptedContent,
  createMcpHandler,
  fromJsonSchema,
  inputRequired,
  McpServer,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { close, listen, type SeenRequest, text } from './mcp-upstream.ts'

const mirrored = (field: string, type: string) => ({ 'x-mcp-header': field, type })
const QUERY = {
  type: 'object',
  properties: {
    region: mirrored('Region', 'string'),
    limit: mirrored('Limit', 'integer'),
    where: { type: 'object', properties: { zone: mirrored('Zone', 'string') } },
  },
}

/** A real server of the official SDK v2: of 2026-07-28 alone, or with the older revisions beside it. */
export async function startStatelessUpstream(legacy: 'stateless' | 'reject' = 'reject') {
  const seen: SeenRequest[] = []
  const calls: string[] = []
  let closed = 0

  const newServer = () => {
    const server = new McpServer(
      { name: 'stateless-upstream', version: '1.0.0' },
      { capabilities: { tools: { listChanged: true }, resources: { subscribe: true, listChanged: true } } },
    )
    const did = (what: string) => {
      calls.push(what)
      return { content: [{ type: 'text' as const, text: what }] }
    }
    server.registerTool('echo', { inputSchema: z.object({ text: z.string() }) }, (args) =>
      did(`echo ${args.text}`),
    )
    server.registerTool(
      'query',
      {
        inputSchema: fromJsonSchema<object>(QUERY as Parameters<typeof fromJsonSchema>[0]),
      },
      (args) => did(`query ${JSON.stringify(args)}`),
    )
    server.registerTool('confirm', {}, (context) => {
      const schema = z.object({ sure: z.boolean() })
      const answer = acceptedContent(context.mcpReq.inputResponses, 'confirm', schema)
      if (answer !== undefined) return did(`confirmed ${answer.sure} ${context.mcpReq.requestState()}`)
      return inputRequired({
        inputRequests: { confirm: inputRequired.elicit({ message: 'Sure?', requestedSchema: schema }) },
        requestState: 'round-1',
      })
    })
    server.registerTool('steps', {}, async ({ mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken
      if (progressToken !== undefined)
        await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress: 1 } })
      return did('steps')
    })
    server.registerTool('forever', {}, async ({ mcpReq }) => {
      calls.push('forever')
      await new Promise<void>((resolve) => mcpReq.signal.addEventListener('abort', () => resolve()))
      calls.push('forever ended')
      return { content: [] }
    })
    server.registerResource('notes', 'note://a', {}, (uri) => ({
      contents: [{ uri: uri.href, text: 'a note' }],
    }))
    for (const name of ['greet', 'grüße']) {
      server.registerPrompt(name, {}, () => ({
        messages: [{ role: 'user', content: { type: 'text', text: name } }],
      }))
    }
    return server
  }

  const handler = createMcpHandler(newServer, { legacy })
  const handle = toNodeHandler(handler)
  const http = createServer(async (request, response) => {
    const body = await text(request)
    seen.push({ method: request.method ?? '', headers: request.headers, body })
    response.on('close', () => {
      if (!response.writableEnded) closed++
    })
    await handle(request as NodeIncomingMessageLike, response, body === '' ? undefined : JSON.parse(body))
  })
  const port = await listen(http)
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    seen,
    /** The tool calls that were carried out. */
    calls,
    notify: handler.notify,
    /** How many answers the other side did not wait for. */
    closedEarly: () => closed,
    stop: async () => {
      await handler.close()
      await close(http)
    },
  }
}
