import { createServer, type ServerResponse } from 'node:http'
import { close, listen, type SeenRequest, text } from './mcp-upstream.ts'

export interface RawExchange {
  readonly request: SeenRequest
  readonly response: ServerResponse
}

/** An upstream whose every byte a test writes by hand: `next` yields the requests in turn. */
export async function startRawUpstream() {
  const arrived: RawExchange[] = []
  const waiting: ((exchange: RawExchange) => void)[] = []
  const seen: SeenRequest[] = []
  const server = createServer(async (incoming, response) => {
    const body = await text(incoming)
    const request = { method: incoming.method ?? '', headers: incoming.headers, body }
    seen.push(request)
    const take = waiting.shift()
    if (take) take({ request, response })
    else arrived.push({ request, response })
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    seen,
    next: (): Promise<RawExchange> => {
      const first = arrived.shift()
      return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve))
    },
    stop: () => close(server),
  }
}

/** The response to a tools/call, as text. */
export function resultOf(body: string, text: string): string {
  return answerTo({ body }, { result: { content: [{ type: 'text', text }] } })
}

/** Any response to a request, as text. */
export function answerTo({ body }: Pick<SeenRequest, 'body'>, answer: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(body).id, ...answer })
}

export function json(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body)
}
