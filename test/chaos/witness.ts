import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const TOOLS = [
  {
    name: 'note',
    description: 'Writes a note',
    inputSchema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  },
]
const LONGEST_WORK_MS = 50

/** The server behind Sallyport. It is never troubled, and remembers what it carried out. */
export interface Witness {
  readonly url: string
  /** When it carried out the call with this id, each time, in milliseconds since the epoch. */
  readonly executions: ReadonlyMap<string, readonly number[]>
  stop(): Promise<void>
}

interface Message {
  readonly id?: number
  readonly method: string
  readonly params?: { readonly arguments?: { readonly id?: string } }
}

export async function startWitness(): Promise<Witness> {
  const executions = new Map<string, number[]>()
  const resultOf = (message: Message) => {
    if (message.method === 'tools/list') return { tools: TOOLS }
    if (message.method !== 'tools/call')
      return {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'w', version: '1' },
      }
    const id = message.params?.arguments?.id ?? ''
    executions.set(id, [...(executions.get(id) ?? []), Date.now()])
    return { content: [{ type: 'text', text: `noted ${id}` }] }
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('utf8')
    if (request.method !== 'POST' || text === '') return void response.writeHead(405).end()
    const message = JSON.parse(text) as Message
    if (message.id === undefined) return void response.writeHead(202).end()
    const answer = JSON.stringify({ jsonrpc: '2.0', id: message.id, result: resultOf(message) })
    const tell = () => response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
    setTimeout(tell, message.method === 'tools/call' ? Math.random() * LONGEST_WORK_MS : 0)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    executions,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
