import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import {
  createTaskSessionFromClient,
  type JsonRpcResponse,
  type RawClientDispatch,
} from '@modelcontextprotocol/ext-tasks/client'
import { VERSION } from './stateless-agent.ts'

const CLIENT = { name: 'task-agent', version: '2.0.0' }

/** A client with the tasks extension: the official SDK v2 and the official package for tasks beside it. */
export async function startTaskAgent(
  target: { readonly url: string; readonly token: string },
  capabilities: ClientOptions['capabilities'] = {},
  onInputRequest?: Parameters<typeof createTaskSessionFromClient>[1]['onInputRequest'],
) {
  const headers = { authorization: `Bearer ${target.token}` }
  const transport = new StreamableHTTPClientTransport(new URL(target.url), { requestInit: { headers } })
  const client = new Client(CLIENT, { capabilities, versionNegotiation: { mode: { pin: VERSION } } })
  await client.connect(transport)
  const session = createTaskSessionFromClient(client, {
    endpointId: target.url,
    rawDispatch: dispatcher(target.url, headers),
    v2RequestFraming: {
      protocolVersion: VERSION,
      clientInfo: CLIENT,
      clientCapabilities: { ...(capabilities as Record<string, never>) },
    },
    ...(onInputRequest === undefined ? {} : { onInputRequest }),
  })
  return {
    client,
    session,
    async stop() {
      await session.close()
      await client.close()
    },
  }
}

let lastId = 0

/** The SDK client refuses task shapes, so that the package has its host send them. */
function dispatcher(url: string, headers: Readonly<Record<string, string>>): RawClientDispatch {
  return async (request, options = {}) => {
    const { method, params } = request as { method: string; params: Record<string, string> }
    const name = params['name'] ?? params['taskId']
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': VERSION,
        'mcp-method': method,
        ...(name === undefined ? {} : { 'mcp-name': name }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method, params }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    const { result, error } = messageIn(await response.text())
    return (error === undefined ? { kind: 'result', result } : { kind: 'error', error }) as JsonRpcResponse
  }
}

/** The response in a body, be it JSON or an event stream. */
function messageIn(body: string): { result?: unknown; error?: unknown } {
  if (body.startsWith('{')) return JSON.parse(body)
  const messages = body
    .split('\n')
    .flatMap((line) => (line.startsWith('data:') ? [JSON.parse(line.slice(5))] : []))
  return messages.find((message) => 'result' in message || 'error' in message)
}
