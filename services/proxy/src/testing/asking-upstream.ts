import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import {
  type EventStore,
  StreamableHTTPServerTransport,
} from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import { close, listen, text } from './mcp-upstream.ts'

const WHO = { role: 'user' as const, content: { type: 'text' as const, text: 'who are you?' } }

/** A real server with sessions, event ids and tools that ask their client, or hang up on it and go on. */
export async function startAskingUpstream() {
  const transports = new Map<string, StreamableHTTPServerTransport>()
  const resumed: string[] = []
  const release = Promise.withResolvers<void>()

  const newServer = () => {
    const server = new McpServer({ name: 'asking', version: '1.0.0' }, { capabilities: { logging: {} } })
    const said = (content: unknown) => ({
      content: [{ type: 'text' as const, text: JSON.stringify(content) }],
    })
    // Within the call: the question comes on the stream of its answer.
    server.registerTool('ask_model', {}, async (extra) =>
      said(
        await extra.sendRequest(
          { method: 'sampling/createMessage', params: { messages: [WHO], maxTokens: 10 } },
          anything,
        ),
      ),
    )
    server.registerTool('ask_person', {}, async (extra) => {
      const requestedSchema = { type: 'object', properties: { name: { type: 'string' } } } as const
      const params = { message: 'your name?', requestedSchema }
      return said(await extra.sendRequest({ method: 'elicitation/create', params }, anything))
    })
    // Beside it: on the stream that the client has opened for what the server has to say.
    server.registerTool('ask_roots', {}, async () => said(await server.server.listRoots()))
    server.registerTool('hang_up', {}, async (extra) => {
      await extra.sendNotification({
        method: 'notifications/message',
        params: { level: 'info', data: 'before' },
      })
      extra.closeSSEStream?.()
      await release.promise
      return said('after')
    })
    return server
  }

  const transportOf = async (sessionId: string | undefined) => {
    const known = sessionId === undefined ? undefined : transports.get(sessionId)
    if (known) return known
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new Events(),
      retryInterval: 50,
      onsessioninitialized: (id) => {
        transports.set(id, transport)
      },
    })
    await newServer().connect(transport as Parameters<McpServer['connect']>[0])
    return transport
  }

  const http = createServer(async (request, response) => {
    const body = await text(request)
    const { 'mcp-session-id': sessionId, 'last-event-id': lastEventId } = request.headers
    if (typeof lastEventId === 'string') {
      resumed.push(lastEventId)
      release.resolve()
    }
    const transport = await transportOf(typeof sessionId === 'string' ? sessionId : undefined)
    await transport.handleRequest(request, response, body === '' ? undefined : JSON.parse(body))
  })
  const port = await listen(http)
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    /** The event ids after which clients went on. */
    resumed,
    stop() {
      release.resolve()
      return close(http)
    },
  }
}

/** Takes whatever the client says. */
const anything = {
  parse: (value: unknown) => value,
  safeParse: (data: unknown) => ({ success: true, data }),
} as never

/** Every event of a session, so that a client may go on after any. */
class Events implements EventStore {
  readonly #events: { readonly streamId: string; readonly message: JSONRPCMessage }[] = []

  async storeEvent(streamId: string, message: JSONRPCMessage): Promise<string> {
    return String(this.#events.push({ streamId, message }) - 1)
  }

  async getStreamIdForEventId(eventId: string): Promise<string | undefined> {
    return this.#events[Number(eventId)]?.streamId
  }

  async replayEventsAfter(
    last: string,
    { send }: { send: (eventId: string, message: JSONRPCMessage) => Promise<void> },
  ): Promise<string> {
    const streamId = this.#events[Number(last)]?.streamId ?? ''
    for (const [at, event] of this.#events.entries())
      if (at > Number(last) && event.streamId === streamId && 'jsonrpc' in event.message)
        await send(String(at), event.message)
    return streamId
  }
}
