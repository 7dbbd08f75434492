import { Agent, createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A bare streaming reverse proxy on node:http, with nothing in between: the cost that any proxy in Node has. */
const target = new URL(process.argv[2] ?? '')
const agent = new Agent({ keepAlive: true, maxSockets: 256 })
const server = createServer((request, response) => {
  const options = {
    host: target.hostname,
    port: target.port,
    path: target.pathname,
    method: request.method,
    headers: request.headers,
    agent,
  }
  const upstream = forward(options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  upstream.on('error', () => response.destroy())
  request.pipe(upstream)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit(0))
