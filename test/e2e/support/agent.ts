import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'

export interface Agent {
  readonly client: Client
  /** Calls a tool and gives its result, errors of the tool included. */
  call(name: string, args?: Record<string, unknown>): Promise<CallToolResult>
  /** The id of its session, as it was told. */
  readonly sessionId: string | undefined
  close(): Promise<void>
}

/** The official SDK client at its default settings, which knows nothing of Sallyport but address and token. */
export async function connectAgent(proxy: string, upstream: string, token: string): Promise<Agent> {
  const client = new Client({ name: 'e2e-agent', version: '1.0.0' })
  const transport = new StreamableHTTPClientTransport(new URL(`${proxy}/mcp/${upstream}`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  })
  await client.connect(transport as Transport)
  return {
    client,
    call: async (name, args = {}) => (await client.callTool({ name, arguments: args })) as CallToolResult,
    sessionId: transport.sessionId,
    close: () => client.close(),
  }
}

/** The text of a tool's result. */
export function textOf(result: CallToolResult): string {
  return result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
}
