import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import {
  createTaskSessionFromClient,
  type JsonRpcResponse,
  type RawClientDispatch,
} from '@modelcontextprotocol/ext-tasks/client'
import type { Outcome, Target } from './held-client.ts'

const VERSION = '2026-07-28'
const CLIENT = { name: 'holds', version: '1' }

/** The official SDK with the official package for tasks: one call, whose result is asked for until it is there. */
export async function callAsTask({ url, token, text }: Target): Promise<Outcome> {
  const headers = { authorization: `Bearer ${token}` }
  const client = new Client(CLIENT, { versionNegotiation: { mode: { pin: VERSION } } })
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }))
  const session = createTaskSessionFromClient(client, {
    endpointId: url,
    rawDispatch: dispatcher(url, headers),
    v2RequestFraming: { protocolVersion: VERSION, clientInfo: CLIENT, clientCapabilities: {} },
  })
  const execution = await session.callTool('note', { text })
  if (execution.kind !== 'task') throw new Error('the call did not become a task')
  const { outcome } = await execution.settle()
  await session.close()
  await client.close()
  return { text: JSON.stringify(outcome), calls: 1 }
}

/** The SDK client does not take tasks, so that the package has its host send what is about them. */
function dispatcher(url: string, headers: Readonly<Record<string, string>>): RawClientDispatch {
  let lastId = 0
  return async (request, options = {}) => {
    const { method, params } = request as { method: string; params: Record<string, string> }
    const name = params['name'] ?? params['taskId'] ?? ''
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': VERSION,
        'mcp-method': method,
        'mcp-name': name,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method, params }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    const body = await response.text()
    const message = body.startsWith('{')
      ? body
      : (/^data: (.*"(?:result|error)".*)$/m.exec(body)?.[1] ?? '{}')
    const { result, error } = JSON.parse(message)
    return (error === undefined ? { kind: 'result', result } : { kind: 'error', error }) as JsonRpcResponse
  }
}
