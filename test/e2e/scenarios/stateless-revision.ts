import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { expect, test, vi } from 'vitest'
import { startFixture } from '../../conformance/fixture/start-fixture.ts'
import { type Governed, govern, type World } from './world.ts'

/** The facts of a denial are the same over every transport and in every revision. */
const TOLD = { outcome: 'denied', because: 'policy', code: 'SP_DENIED', retry: 'after_change' }

const RULES = {
  'mcp.tools.test_input_required_result_*': 'allow',
  'mcp.tools.test_mirrored_argument': 'allow',
  'mcp.tools.test_trigger_tool_change': 'allow',
} as const

/** MCP 2026-07-28: no session, so each request of one client may come through another proxy. */
export function statelessRevision(world: () => World): void {
  async function connect({ upstream, token }: Governed) {
    const { proxies } = world().composition
    let sent = 0
    const transport = new StreamableHTTPClientTransport(new URL(`${proxies[0]}/mcp/${upstream}`), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
      fetch: (_, init) => fetch(`${proxies[sent++ % proxies.length]}/mcp/${upstream}`, init),
    })
    const client = new Client(
      { name: 'stateless-agent', version: '1.0.0' },
      { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
    )
    client.setRequestHandler('elicitation/create', ({ params }) => ({
      action: 'accept',
      content: { name: 'Ada', color: 'green', message: params.message },
    }))
    await client.connect(transport)
    return client
  }

  async function open(stack: AsyncDisposableStack) {
    const fixture = stack.adopt(await startFixture('both eras'), (running) => running.stop())
    const governed = await govern(world(), fixture.url, RULES)
    const client = stack.adopt(await connect(governed), (connected) => connected.close())
    expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28')
    return { client, governed }
  }

  test('rounds, mirrored arguments and denials of a client that is everywhere at once', async () => {
    await using stack = new AsyncDisposableStack()
    const { client } = await open(stack)
    const asked = await client.callTool({ name: 'test_input_required_result_multi_round', arguments: {} })
    expect(JSON.stringify(asked.content)).toContain('Both steps were answered')

    await client.listTools()
    const mirrored = await client.callTool({ name: 'test_mirrored_argument', arguments: { region: 'Köln' } })
    expect(JSON.stringify(mirrored.content)).toContain('Köln')

    const denied = await client.callTool({ name: 'test_simple_text', arguments: {} })
    expect(denied.isError).toBe(true)
    expect(JSON.stringify(denied.content)).toContain('Sallyport denied mcp.tools.test_simple_text')
    expect(denied.structuredContent).toMatchObject(TOLD)
  })

  test('who listens hears of changes, and no longer once its gateway is revoked', async () => {
    await using stack = new AsyncDisposableStack()
    const { client, governed } = await open(stack)
    let heard = 0
    client.setNotificationHandler('notifications/tools/list_changed', () => {
      heard++
    })
    const subscription = await client.listen({ toolsListChanged: true })
    await client.callTool({ name: 'test_trigger_tool_change', arguments: {} })
    await vi.waitFor(() => expect(heard).toBe(1))
    await world().api.client.write('DELETE', `/v1/gateways/${governed.gateway}`)
    expect(await subscription.closed).toBe('graceful')
  })
}
