import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'

export interface StdioBridge {
  /** Where the server answers Streamable HTTP, e.g. `http://127.0.0.1:41233/mcp`. */
  readonly url: string
  close(): Promise<void>
}

export interface StdioCommand {
  readonly command: string
  readonly args: readonly string[]
}

interface Session {
  readonly http: StreamableHTTPServerTransport
  readonly stdio: StdioClientTransport
}

/**
 * Offers an MCP server that speaks stdio over Streamable HTTP on loopback: each session starts the command anew
 * and messages pass between the two transports as they are.
 */
export async function bridgeStdio(server: StdioCommand): Promise<StdioBridge> {
  const sessions = new Map<string, Session>()

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const id = request.headers['mcp-session-id']
    const known = typeof id === 'string' ? sessions.get(id) : undefined
    if (known) return known.http.handleRequest(request, response)
    if (id !== undefined || request.method !== 'POST')
      return response.writeHead(id === undefined ? 405 : 404).end()
    const session = await openSession(server, sessions)
    return session.http.handleRequest(request, response)
  }

  const listener = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      await Promise.all([...sessions.values()].map((session) => session.stdio.close()))
      listener.closeAllConnections()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}

async function openSession(server: StdioCommand, sessions: Map<string, Session>): Promise<Session> {
  const stdio = new StdioClientTransport({
    command: server.command,
    args: [...server.args],
    stderr: 'ignore',
  })
  const http = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, { http, stdio }),
  })
  http.onmessage = (message) => void stdio.send(message).catch(() => http.close())
  stdio.onmessage = (message) => {
    const answers = 'id' in message && !('method' in message)
    void http
      .send(message, answers && message.id !== undefined ? { relatedRequestId: message.id } : {})
      .catch(() => {})
  }
  http.onclose = () => {
    if (http.sessionId) sessions.delete(http.sessionId)
    void stdio.close()
  }
  stdio.onclose = () => void http.close()
  await http.start()
  await stdio.start()
  return { http, stdio }
}
