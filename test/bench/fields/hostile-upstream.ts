import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const INITIALIZED = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'hostile', version: '1.0.0' },
}
const TOOLS = ['read_note', 'drop_note'].map((name) => ({ name, inputSchema: { type: 'object' } }))
const ORDINARY: Readonly<Record<string, unknown>> = {
  initialize: INITIALIZED,
  'tools/list': { tools: TOOLS },
}

/** An MCP server that answers the next request of a method with what it is told to. */
export async function startHostileUpstream() {
  let method = ''
  let members = Buffer.alloc(0)
  let frames: Buffer | undefined
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.method !== 'POST') {
        response.writeHead(405).end()
        return
      }
      const asked = rpcIn(Buffer.concat(chunks).toString('utf8'))
      if (asked.id === undefined) {
        response.writeHead(202).end()
        return
      }
      const id = JSON.stringify(asked.id)
      const told = asked.method === method
      const ordinary = Buffer.from(
        `"result":${JSON.stringify(ORDINARY[asked.method ?? ''] ?? { content: [] })}`,
      )
      const isStream = told && frames !== undefined
      const whole = Buffer.concat([
        Buffer.from(`{"jsonrpc":"2.0","id":${id},`),
        told && !isStream ? members : ordinary,
        Buffer.from('}'),
      ])
      if (isStream) {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(frames)
        response.end(Buffer.concat([Buffer.from('data: '), whole, Buffer.from('\n\n')]))
      } else {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length })
        response.end(whole)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    answerWith(to: string, text: string): void {
      method = to
      members = Buffer.from(text)
      frames = undefined
    },
    streamWith(to: string, text: string): void {
      method = to
      frames = Buffer.from(text)
    },
    ordinarily(): void {
      method = ''
    },
    stop(): void {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** What stands in for a message where the body is not one: it is answered all the same. */
function rpcIn(body: string): { readonly id?: unknown; readonly method?: string } {
  try {
    const value = JSON.parse(body)
    return 'jsonrpc' in value ? value : { id: null }
  } catch {
    return { id: null }
  }
}
