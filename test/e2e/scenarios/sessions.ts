import { expect, test } from 'vitest'
import { textOf } from '../support/agent.ts'
import { startEverything } from '../support/upstreams.ts'
import { type Governed, govern, type World } from './world.ts'

/** Sessions: many at once, with a server that restarts, with messages that come to any proxy. */
export function sessions(world: () => World): void {
  const proxyAt = (index: number) => world().composition.proxies.at(index) as string

  function post(
    proxy: string,
    { upstream, token }: Governed,
    message: object,
    session = '',
  ): Promise<Response> {
    return fetch(`${proxy}/mcp/${upstream}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(session === '' ? {} : { 'mcp-session-id': session }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    })
  }

  test('agents whose calls have the same ids get their own answers, through whichever proxy', async () => {
    const governed = await govern(world(), world().everything.url, { 'mcp.tools.echo': 'allow' })
    const agents = await Promise.all(
      Array.from({ length: 12 }, (_, n) => governed.connect(n % world().composition.proxies.length)),
    )
    const calls = agents.flatMap((agent, n) =>
      Array.from({ length: 10 }, async (_, i) => {
        const message = `agent ${n} call ${i}`
        return { message, heard: textOf(await agent.call('echo', { message })) }
      }),
    )
    for (const { message, heard } of await Promise.all(calls)) expect(heard).toContain(message)
    await Promise.all(agents.map((agent) => agent.close()))
  })

  test('a server that restarts and forgets its sessions loses no agent', async () => {
    await using stack = new AsyncDisposableStack()
    const first = stack.adopt(await startEverything(), (running) => running.stop())
    const governed = await govern(world(), first.url, { 'mcp.tools.echo': 'allow' })
    const agents = await Promise.all([governed.connect(0), governed.connect(-1)])
    for (const agent of agents) stack.defer(() => agent.close())
    for (const agent of agents)
      expect(textOf(await agent.call('echo', { message: 'before' }))).toContain('before')

    await first.stop()
    const port = Number(new URL(first.url).port)
    stack.adopt(await startEverything('streamableHttp', port), (running) => running.stop())

    for (const agent of agents)
      expect(textOf(await agent.call('echo', { message: 'after' }))).toContain('after')
  })

  test('a held call is cancelled through any proxy', async () => {
    const governed = await govern(world(), world().everything.url, { 'mcp.tools.echo': 'require_approval' })
    const opened = await post(proxyAt(0), governed, {
      id: 0,
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'raw', version: '1.0.0' },
      },
    })
    const session = opened.headers.get('mcp-session-id') ?? ''
    await opened.text()
    await post(proxyAt(0), governed, { method: 'notifications/initialized' }, session)
    const params = { name: 'echo', arguments: { message: 'never mind' } }
    const held = post(proxyAt(0), governed, { id: 0, method: 'tools/call', params }, session)
    await world().api.waiting(governed.gateway)

    const told = { method: 'notifications/cancelled', params: { requestId: 0 } }
    expect((await post(proxyAt(-1), governed, told, session)).status).toBe(202)

    expect(await (await held).text()).toContain('The request was cancelled')
  })
}
