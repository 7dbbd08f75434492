import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { ApiClient } from '../api-client.ts'
import type { TimelineItem } from '../timeline/items.ts'
import { columnWidths, logLine } from '../timeline/line.ts'
import { filesystemServer } from './filesystem-server.ts'
import { onceInForce } from './once-in-force.ts'
import { bridgeStdio } from './stdio-bridge.ts'

export interface TourOptions {
  readonly api: ApiClient
  /** The same API with another token. */
  readonly apiAs: (token: string) => ApiClient
  /** The proxy's address, e.g. `http://127.0.0.1:8080`. */
  readonly proxy: string
  /** Ends the names that the tour registers, so that it can run again. */
  readonly suffix: string
  readonly say: (line: string) => void
}

const RULES = [
  ['mcp.tools.read_*', 'allow'],
  ['mcp.tools.create_*', 'require_approval'],
  ['mcp.tools.delete_*', 'deny'],
] as const

/**
 * The tour: a real filesystem MCP server, a real SDK client, an agent that may read, must ask to create and may
 * not delete. Leaves nothing behind but its record.
 */
export async function takeTour({ api, apiAs, proxy, suffix, say }: TourOptions): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sallyport-demo-')))
  writeFileSync(join(folder, 'hello.txt'), 'Hello from behind the gate.\n')
  const agent = `demo-agent-${suffix}`
  const files = `demo-files-${suffix}`
  const approver = `demo-dana-${suffix}`
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  const abort = new AbortController()
  undo.push(() => abort.abort())
  try {
    const bridge = await bridgeStdio(filesystemServer(folder))
    undo.push(() => bridge.close())
    say(`A real MCP server (@modelcontextprotocol/server-filesystem) answers at ${bridge.url}`)

    const gateway = await api.write<{ token: string }>('POST', '/v1/gateways', { name: agent })
    undo.push(() => api.write('DELETE', `/v1/gateways/${agent}`))
    await api.write('POST', '/v1/upstreams', {
      connector: 'mcp',
      name: files,
      target: { kind: 'http', url: bridge.url },
      credential: null,
    })
    undo.push(() => api.write('DELETE', `/v1/upstreams/${files}`))
    for (const [action, decision] of RULES) {
      const body = { gateway: agent, upstream: files, action, decision }
      const permission = await api.write<{ id: string }>('PUT', '/v1/permissions', body)
      undo.push(() => api.write('DELETE', `/v1/permissions/${permission.id}`))
      say(`  ${action.padEnd(20)} ${decision}`)
    }
    const dana = await api.write<{ token: string }>('POST', '/v1/tokens', {
      name: approver,
      scope: 'approver',
    })
    undo.push(() => api.write('DELETE', `/v1/tokens/${approver}`))

    const asDana = apiAs(dana.token)
    await onceInForce(() => asDana.get('/v1/approvals', { limit: 1 }))
    await Promise.all([
      approveFirst(asDana, agent, abort.signal, say),
      printLog(api, agent, abort.signal, say),
      agentWork(`${proxy}/mcp/${files}`, gateway.token, folder, say),
    ])
    say('Every line above is in the record: sallyport log')
  } finally {
    await Promise.allSettled(undo.reverse().map(async (step) => step()))
  }
}

/** The agent: an SDK client that knows nothing of Sallyport but the address and a bearer token. */
async function agentWork(
  url: string,
  token: string,
  folder: string,
  say: (line: string) => void,
): Promise<void> {
  const client = await onceInForce(() => connect(url, token))
  try {
    const { tools } = await client.listTools()
    say(`The agent sees ${tools.length} tools and starts to work:`)
    await client.callTool({ name: 'read_text_file', arguments: { path: join(folder, 'hello.txt') } })
    await client.callTool({ name: 'create_directory', arguments: { path: join(folder, 'reports') } })
    await client.callTool({ name: 'delete_file', arguments: { path: join(folder, 'hello.txt') } })
  } finally {
    await client.close()
  }
}

async function connect(url: string, token: string): Promise<Client> {
  const client = new Client({ name: 'sallyport-demo', version: '1.0.0' })
  const headers = { authorization: `Bearer ${token}` }
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } })
  await client.connect(transport as Transport)
  return client
}

interface Waiting {
  readonly approvalId: string
  readonly status: string
  readonly gateway: { readonly name: string } | string
}

/** The approver: answers the first call of this agent that waits. */
async function approveFirst(
  api: ApiClient,
  agent: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  for await (const approval of api.stream<Waiting>('/v1/approvals/stream', {}, signal)) {
    const name = typeof approval.gateway === 'string' ? approval.gateway : approval.gateway.name
    if (name !== agent || approval.status !== 'pending') continue
    say(`  (an approver runs: sallyport approvals approve ${approval.approvalId})`)
    await api.write('POST', `/v1/approvals/${approval.approvalId}/approve`, { reason: 'the demo says yes' })
    return
  }
}

const LONGEST_ACTION = 'mcp.rpc.notifications_initialized'

/** Prints the agent's lines as they come, until the tour's last two, which a fleet may tell in either order. */
async function printLog(
  api: ApiClient,
  agent: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  let denied = false
  let approved = false
  let widths = columnWidths([], { who: agent.length, upstream: 0, action: LONGEST_ACTION.length })
  for await (const item of api.stream<TimelineItem>('/v1/timeline/stream', { gateway: agent }, signal)) {
    widths = columnWidths([item], widths)
    say(logLine(item, { widths }))
    if (item.kind !== 'action') continue
    if (item.verdict === 'deny') denied = true
    if (item.verdict === 'allow' && item.answeredBy) approved = true
    if (denied && approved) return
  }
}
