import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import {
  CompleteRequestSchema,
  ListResourcesRequestSchema,
  ReadResourceRequestSchema,
  SubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { PRIVATE, PUBLIC } from './address-tricks.ts'

/** A server whose files are read by their addresses. */
export interface AddressVictim {
  readonly url: string
  /** How often something was done with the private file, or a message came that only a server's own code knows. */
  reached(): number
  stop(): Promise<void>
}

/** The path that a server makes of an address. It throws for one that it refuses. */
type Reader = (uri: string) => string

/** Ways in which servers read addresses; each is one that is in use. */
export const READERS: Readonly<Record<string, Reader>> = {
  'fileURLToPath of a URL': (uri) => fileURLToPath(new URL(uri)),
  'the path of a URL, decoded': (uri) => posix.normalize(decodeURIComponent(new URL(uri).pathname)),
  'the path of a URL, decoded again and again': (uri) => {
    let path = new URL(uri).pathname
    for (let last = ''; last !== path; ) {
      last = path
      path = decodeURIComponent(path)
    }
    return new URL(path, 'file:///').pathname
  },
  'the text behind file://': (uri) => posix.normalize(uri.replace(/^file:\/\//, '')),
  'a decoded text, without parameters and what comes after a NUL': (uri) =>
    posix.normalize(
      decodeURIComponent(uri.trim())
        .normalize('NFKC')
        .replace(/^file:\/\/[^/]*/i, '')
        .replaceAll('\\', '/')
        .split('/')
        .map((segment) => segment.replace(/[;\0].*$/s, '').trim())
        .join('/'),
    ),
}

export async function startAddressVictim(read: Reader): Promise<AddressVictim> {
  let reached = 0
  const server = createServer((request, response) => void answer(request, response))
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const mcp = serverOf(read, () => {
      reached++
    })
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
    await mcp.connect(transport as Transport)
    await transport.handleRequest(request, response)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    reached: () => reached,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function serverOf(read: Reader, reached: () => void): Server {
  const capabilities = { resources: { subscribe: true }, completions: {} }
  const server = new Server({ name: 'victim', version: '1.0.0' }, { capabilities })
  const use = (uri: string) => {
    if (read(uri) === new URL(PRIVATE).pathname) reached()
  }
  server.setRequestHandler(ListResourcesRequestSchema, () => ({
    resources: [PRIVATE, `${PUBLIC}a.txt`].map((uri) => ({ uri, name: uri })),
  }))
  server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }) => {
    use(uri)
    return { contents: [{ uri, text: 'read' }] }
  })
  server.setRequestHandler(SubscribeRequestSchema, ({ params: { uri } }) => {
    use(uri)
    return {}
  })
  server.setRequestHandler(CompleteRequestSchema, ({ params: { ref } }) => {
    if (ref.type === 'ref/resource') use(ref.uri)
    return { completion: { values: [] } }
  })
  server.fallbackNotificationHandler = async () => reached()
  return server
}
