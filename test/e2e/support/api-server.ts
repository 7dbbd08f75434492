import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

export interface ApiServer {
  readonly url: string
  /** Method, path and query of each request that arrived, as they came. */
  readonly seen: string[]
  readonly headers: IncomingMessage['headers'][]
  stop(): Promise<void>
}

/** An ordinary API: it says what it got, counts on /events, and says everything again on a WebSocket. */
export async function startApiServer(): Promise<ApiServer> {
  const seen: string[] = []
  const headers: IncomingMessage['headers'][] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    headers.push(request.headers)
    if (request.url === '/v1/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      let count = 0
      const timer = setInterval(() => response.write(`data: ${++count}\n\n`), 20)
      response.on('close', () => clearInterval(timer))
      return
    }
    response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'text/plain' })
    if (request.headers['transfer-encoding'] || request.headers['content-length']) request.pipe(response)
    else response.end('read')
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    headers,
    async stop() {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
