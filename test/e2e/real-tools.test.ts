import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Caller,
  type ClientKind,
  inspector,
  mcpRemote,
  sdkV1,
  sdkV2,
  supergateway,
} from './real-tools/clients.ts'
import {
  behindMcpProxy,
  behindSupergateway,
  EVERYTHING,
  everythingAlone,
  FILESYSTEM,
  MEMORY,
  type RunningServer,
  removeFolder,
  runByTheProxy,
  type ServerKind,
} from './real-tools/servers.ts'
import { type Api, apiOf } from './support/api.ts'
import { type Standalone, startStandalone } from './support/standalone-composition.ts'

interface Way {
  readonly way: string
  readonly kind: ServerKind
  start(): Promise<RunningServer>
  readonly client: ClientKind
}

/** Real clients and servers, in front of Sallyport and behind it, as npm has them today. */
const WAYS: readonly Way[] = [
  { way: 'Inspector → server-everything', kind: EVERYTHING, start: everythingAlone, client: inspector },
  { way: 'mcp-remote → server-everything', kind: EVERYTHING, start: everythingAlone, client: mcpRemote },
  {
    way: 'supergateway, Streamable HTTP to stdio → server-everything',
    kind: EVERYTHING,
    start: everythingAlone,
    client: supergateway('--streamableHttp'),
  },
  {
    way: 'supergateway, SSE to stdio → supergateway, stdio to SSE → server-memory',
    kind: MEMORY,
    start: () => behindSupergateway(MEMORY, 'sse'),
    client: supergateway('--sse'),
  },
  {
    way: 'SDK v1 → supergateway, stdio to Streamable HTTP without sessions → server-filesystem',
    kind: FILESYSTEM,
    start: () => behindSupergateway(FILESYSTEM, 'streamableHttp'),
    client: sdkV1,
  },
  {
    way: 'SDK v1 → supergateway, stdio to Streamable HTTP with sessions → server-memory',
    kind: MEMORY,
    start: () => behindSupergateway(MEMORY, 'streamableHttp', '--stateful'),
    client: sdkV1,
  },
  {
    way: 'SDK v2, 2026-07-28 → mcp-proxy → server-filesystem',
    kind: FILESYSTEM,
    start: () => behindMcpProxy(FILESYSTEM, '/mcp'),
    client: sdkV2,
  },
  {
    way: 'Inspector → mcp-proxy → server-memory',
    kind: MEMORY,
    start: () => behindMcpProxy(MEMORY, '/mcp'),
    client: inspector,
  },
  {
    way: 'mcp-remote → server-filesystem, run by the proxy',
    kind: FILESYSTEM,
    start: () => runByTheProxy(FILESYSTEM),
    client: mcpRemote,
  },
]

let standalone: Standalone
let api: Api

beforeAll(async () => {
  standalone = await startStandalone()
  api = apiOf(standalone)
})
afterAll(async () => {
  await standalone.stop()
  removeFolder()
})

describe.each(WAYS)('$way', ({ kind, start, client }) => {
  let server: RunningServer
  let caller: Caller
  let gateway: string

  beforeAll(async () => {
    server = await start()
    const upstream = `real-${randomUUID().slice(0, 8)}`
    const { target } = server
    await api.client.write('POST', '/v1/upstreams', { connector: 'mcp', name: upstream, target })
    const added = await api.addGateway()
    gateway = added.name
    await api.permit(gateway, `mcp.tools.${kind.allowed.tool}`, 'allow')
    await api.permit(gateway, `mcp.tools.${kind.held.tool}`, 'require_approval')
    const [proxy = ''] = standalone.proxies
    caller = await client({ proxy, upstream, token: added.token })
  })
  afterAll(async () => {
    await caller?.stop()
    await server?.stop()
  })

  test('lists the tools that may be used, and no others', async () => {
    expect(new Set(await caller.tools())).toEqual(new Set([kind.allowed.tool, kind.held.tool]))
  })

  test('shows the answer to an allowed call', async () => {
    expect(await caller.call(kind.allowed)).toContain(kind.allowed.says)
  })

  test('shows why a call was denied', async () => {
    const shown = await caller.call(kind.denied)
    expect(shown).toContain(caller.unlisted ?? `Sallyport denied mcp.tools.${kind.denied.tool}`)
    expect(shown).not.toContain(kind.denied.says)
  })

  test('waits for a person, and shows the answer then', async () => {
    const { held } = kind
    const shown = caller.call(held)
    const { approvalId } = await api.waiting(gateway)
    await api.vote(approvalId, 'approve')
    expect(await shown).toContain(held.says)
  })
})
