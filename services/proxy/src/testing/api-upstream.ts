import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { WebSocketServer } from 'ws'
import { close, listen } from './mcp-upstream.ts'

export interface ApiRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly target: string
  readonly headers: IncomingMessage['headers']
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
}

/** An API over HTTP whose answers a test gives by hand; on a WebSocket it says everything again. */
export async function startApiUpstream(
  answer: (request: ApiRequest) => void = ({ response }) => response.end('ok'),
) {
  const seen: ApiRequest[] = []
  const sockets = new WebSocketServer({ noServer: true })
  const server = createServer((incoming, response) => {
    const { method = '', url: target = '', headers } = incoming
    const request = { method, target, headers, incoming, response }
    seen.push(request)
    answer(request)
  })
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.emit('connection', webSocket, request)
      webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }))
    })
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    sockets,
    stop: async () => {
      for (const webSocket of sockets.clients) webSocket.terminate()
      await close(server)
    },
  }
}
