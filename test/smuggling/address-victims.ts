import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { posix } from 'node:path'
import { json } from 'node:stream/consumers'
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

/** The official SDK of v1. */
export function startAddressVictim(read: Reader): Promise<AddressVictim> {
  return startVictim(async (reached, request, response) => {
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
    await serverOf(read, reached).connect(transport as Transport)
    await transport.handleRequest(request, response)
  })
}

/** Of MCP 2026-07-28, which takes each address that it is asked to listen to. It counts the public ones too. */
export async function startListeningVictim(read: Reader): Promise<AddressVictim & { listened(): number }> {
  let listened = 0
  const victim = await startVictim(async (reached, request, response) => {
    const { id, method, params } = (await json(request)) as ListenRequest
    for (const uri of params.notifications?.resourceSubscriptions ?? []) {
      listened++
      if (isPrivate(read, uri)) reached()
    }
    const result = { resultType: 'complete', ...(method === 'resources/list' ? LISTED : {}) }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
  })
  return { ...victim, listened: () => listened }
}

interface ListenRequest {
  readonly id: number
  readonly method: string
  readonly params: { readonly notifications?: { readonly resourceSubscriptions?: readonly string[] } }
}

const LISTED = { resources: [PRIVATE, `${PUBLIC}a.txt`].map((uri) => ({ uri, name: uri })) }

async function startVictim(
  answer: (reached: () => void, request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<AddressVictim> {
  let reached = 0
  const reach = () => {
    reached++
  }
  const server = createServer((request, response) => void answer(reach, request, response))
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
    if (isPrivate(read, uri)) reached()
  }
  server.setRequestHandler(ListResourcesRequestSchema, () => LISTED)
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

function isPrivate(read: Reader, uri: string): boolean {
  try {
    return read(uri) === new URL(PRIVATE).pathname
  } catch {
    return false
  }
}
