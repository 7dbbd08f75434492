import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as send,
} from 'node:http'
import type { AddressInfo } from 'node:net'

export interface BearerForwarder {
  /** The target's address, with the forwarder's authority in place of the target's. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Adds a bearer token, which the conformance suite cannot send, and changes nothing else: every header keeps its
 * name, case and value, Host above all, as the suite lies in it to see whether the server minds; heads pass before
 * bodies, bodies as they come; and who hangs up on one side is hung up on on the other.
 */
export async function startBearerForwarder(target: string, token: string): Promise<BearerForwarder> {
  const { hostname, port, pathname } = new URL(target)
  const server = createServer((request, response) =>
    forward(request, response, { hostname, port }, ['Authorization', `Bearer ${token}`]),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const own = (server.address() as AddressInfo).port
  return { url: `http://127.0.0.1:${own}${pathname}`, stop: () => stop(server) }
}

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  target: { readonly hostname: string; readonly port: string },
  added: readonly string[],
): void {
  const { method, url: path } = request
  const onward = send({
    ...target,
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    headers: [...request.rawHeaders, ...added],
    setHost: false,
  })
  onward.setNoDelay(true)
  onward.on('response', (answer) => {
    response.sendDate = false
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders)
    response.flushHeaders()
    answer.on('error', () => response.destroy())
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  response.on('close', () => onward.destroy())
  request.pipe(onward)
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
