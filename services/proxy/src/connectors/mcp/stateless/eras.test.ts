import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMcpUpstream } from '../../../testing/mcp-upstream.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { type Mode, startStatelessAgent, through } from '../../../testing/stateless-agent.ts'
import { startStatelessUpstream } from '../../../testing/stateless-upstream.ts'

type Upstream = { readonly url: string; readonly stop: () => Promise<void> }

let proxy: ProxyFixture
const upstreams = new Map<string, Upstream>()

beforeAll(async () => {
  proxy = await startProxy()
  proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
  upstreams.set('older', await startMcpUpstream())
  upstreams.set('stateless', await startStatelessUpstream('reject'))
  upstreams.set('both', await startStatelessUpstream('stateless'))
  for (const [name, { url }] of upstreams) proxy.control.addUpstream(name, url)
})
afterAll(async () => {
  await proxy.stop()
  for (const upstream of upstreams.values()) await upstream.stop()
})

const MODES: readonly (readonly [string, Mode])[] = [
  ['of the older revisions', 'legacy'],
  ['that asks first', 'auto'],
  ['of 2026-07-28 alone', { pin: '2026-07-28' }],
]

/** The facts that a client learns: the revision, the tools and an answer, or the error. */
async function experience(target: { url: string; token?: string }, mode: Mode) {
  try {
    const { client, stop } = await startStatelessAgent(target, mode)
    const { tools } = await client.listTools()
    const answer = await client.callTool({ name: 'echo', arguments: { text: 'hi' } })
    const told = {
      version: client.getNegotiatedProtocolVersion(),
      server: client.getServerVersion(),
      capabilities: client.getServerCapabilities() ?? {},
      tools,
      answer: answer.content,
    }
    await stop()
    return told
  } catch (error) {
    const { name, code, message } = error as Error & { code?: unknown }
    return { name, code, message: message.replaceAll(/https?:\S+/g, '') }
  }
}

describe.each(MODES)('a client %s', (_, mode) => {
  test.each(['older', 'stateless', 'both'])(
    'meets a server of the kind "%s" as it would without a proxy',
    async (kind) => {
      const direct = await experience({ url: upstreams.get(kind)?.url ?? '' }, mode)
      const proxied = await experience(through(proxy, kind), mode)
      // Tasks are an offer of the proxy's own: held calls.
      if ('capabilities' in proxied) delete proxied.capabilities.extensions
      expect(proxied).toEqual(direct)
    },
  )
})

test('the record says which revision was spoken, and by whom', async () => {
  const { client, stop } = await startStatelessAgent(through(proxy, 'both'))
  await client.callTool({ name: 'echo', arguments: { text: 'recorded' } })
  const { data } = await proxy.recorded(
    'sallyport.action.decided.v1',
    (event) => JSON.stringify(event.arguments) === '{"text":"recorded"}',
  )
  expect(data).toMatchObject({
    protocolVersion: '2026-07-28',
    client: { name: 'stateless-agent', version: '2.0.0' },
    session: null,
  })
  await stop()
})
