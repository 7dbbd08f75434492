import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { post } from '../../../testing/agent.ts'
import { GATEWAY, type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { startStatelessAgent, statelessRequest, through } from '../../../testing/stateless-agent.ts'
import { startStatelessUpstream } from '../../../testing/stateless-upstream.ts'

let upstream: Awaited<ReturnType<typeof startStatelessUpstream>>
let proxy: ProxyFixture
const stops: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  upstream = await startStatelessUpstream()
  proxy = await startProxy()
  proxy.control.addUpstream('files', upstream.url)
  for (const tool of ['echo', 'query', 'confirm', 'forever', 'steps'])
    proxy.decision.outcomes.set(`mcp.tools.${tool}`, 'allow')
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  await proxy.stop()
  await upstream.stop()
})

async function agent(options = {}) {
  const { client, stop } = await startStatelessAgent(through(proxy), undefined, options)
  stops.push(stop)
  return client
}

test('what a client was refused is a whole result, with the rule', async () => {
  const client = await agent()
  proxy.decision.outcomes.set('mcp.tools.echo', 'deny')
  const answer = await client.callTool({ name: 'echo', arguments: { text: 'hi' } })
  expect(answer.isError).toBe(true)
  expect(JSON.stringify(answer.content)).toContain('permission mcp.tools.echo')
  expect(upstream.calls).toEqual([])
})

test('several rounds lead to one result, each round decided and recorded', async () => {
  const client = await agent({ capabilities: { elicitation: { form: {} } } })
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { sure: true } }))

  const answer = await client.callTool({ name: 'confirm', arguments: {} })

  expect(answer.content).toEqual([{ type: 'text', text: 'confirmed true round-1' }])
  const rounds = (await proxy.actions()).filter(
    ({ type, data }) =>
      type === 'sallyport.action.decided.v1' && JSON.stringify(data).includes('"tool":"confirm"'),
  )
  expect(rounds.length).toBe(2)
})

test('arguments are mirrored for a tool that the client never listed to us', async () => {
  const client = await agent()
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name)).toContain('query')
  const answer = await client.callTool({ name: 'query', arguments: { region: 'é', limit: 3 } })
  expect(answer.isError).toBeFalsy()
  expect(upstream.seen.at(-1)?.headers).toMatchObject({
    'mcp-param-region': '=?base64?w6k=?=',
    'mcp-param-limit': '3',
  })
})

test('progress and results come on the stream of the call', async () => {
  const client = await agent()
  const progress: number[] = []
  const answer = await client.callTool(
    { name: 'steps', arguments: {} },
    { onprogress: (step) => progress.push(step.progress) },
  )
  expect(answer.content).toEqual([{ type: 'text', text: 'steps' }])
  expect(progress).toEqual([1])
})

test('a client that hangs up cancels: the server sees its connection close, the record says so', async () => {
  const client = await agent()
  const abort = new AbortController()
  const call = client.callTool({ name: 'forever', arguments: {} }, { signal: abort.signal })
  call.catch(() => {})
  await vi.waitFor(() => expect(upstream.calls).toContain('forever'))
  abort.abort()

  await vi.waitFor(() => expect(upstream.calls).toContain('forever ended'))
  const { data } = await proxy.recorded('sallyport.action.aborted.v1')
  expect(data).toMatchObject({ action: 'mcp.tools.forever', reason: 'the agent went away' })
})

test('how long a list holds, and for whom, reaches the client', async () => {
  const { body, headers } = statelessRequest('tools/list')
  const response = await post(proxy, body, headers)
  const { result } = (await response.json()) as { result: Record<string, unknown> }
  expect(result).toMatchObject({ resultType: 'complete' })
  expect(typeof result['ttlMs']).toBe('number')
  expect(['public', 'private']).toContain(result['cacheScope'])
})

test('a method that the server does not know is answered by it: 404 and -32601', async () => {
  proxy.decision.outcomes.set('mcp.rpc.acme_restart', 'allow')
  const { body, headers } = statelessRequest('acme/restart', {}, 'own-id')
  const response = await post(proxy, body, headers)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ id: 'own-id', error: { code: -32_601 } })
})

describe('a subscription', () => {
  const listen = async () => {
    const client = await agent()
    const changes: string[] = []
    client.setNotificationHandler('notifications/tools/list_changed', () => {
      changes.push('tools')
    })
    const subscription = await client.listen({ toolsListChanged: true })
    return { client, changes, subscription }
  }

  test('brings the messages of the server for as long as the client listens', async () => {
    const { changes, subscription } = await listen()
    expect(subscription.honoredFilter).toEqual({ toolsListChanged: true })
    upstream.notify.toolsChanged()
    await vi.waitFor(() => expect(changes).toEqual(['tools']))

    const closedBefore = upstream.closedEarly()
    await subscription.close()
    await vi.waitFor(() => expect(upstream.closedEarly()).toBe(closedBefore + 1))
    const { data } = await proxy.recorded(
      'sallyport.action.completed.v1',
      ({ action }) => action === 'mcp.rpc.subscriptions_listen',
    )
    expect(data).toMatchObject({ outcome: 'ok' })
  })

  test('names no resource that its gateway may not subscribe to', async () => {
    proxy.decision.outcomes.set('mcp.resources.subscribe.note%3A%2F%2Fb', 'deny')
    proxy.decision.outcomes.set('mcp.resources.subscribe.note%3A%2F%2Fa', 'allow')
    const client = await agent()
    const updated: string[] = []
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      updated.push(params.uri)
    })
    const subscription = await client.listen({ resourceSubscriptions: ['note://a', 'note://b'] })
    expect(subscription.honoredFilter).toEqual({ resourceSubscriptions: ['note://a'] })
    upstream.notify.resourceUpdated('note://b')
    upstream.notify.resourceUpdated('note://a')
    await vi.waitFor(() => expect(updated).toEqual(['note://a']))
    const { data } = await proxy.recorded(
      'sallyport.action.decided.v1',
      ({ action }) => action === 'mcp.rpc.subscriptions_listen',
    )
    expect(data.reasons.at(-1)).toContain('left out: 1 resources')
    expect(JSON.stringify(data.arguments)).toContain('note://b')
  })

  const many = Array.from({ length: 300 }, (_, i) => `note://${i}`)
  const long = Array.from({ length: 9 }, (_, i) => `note://${i}${'a'.repeat(8000)}`)

  test.each([['note://a'], [['note://a', 1]], [many], [long]])(
    'of resources that cannot each be judged is refused',
    async (resourceSubscriptions) => {
      const { body, headers } = statelessRequest('subscriptions/listen', {
        notifications: { resourceSubscriptions },
      })
      const response = await post(proxy, body, headers)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ id: 1, error: { code: -32_602 } })
      expect(upstream.seen).toEqual([])
    },
  )

  test('outlives the longest silence that other answers may have', async () => {
    const patient = await startProxy({ config: { upstream: { idleMs: 50 } } })
    stops.push(() => patient.stop())
    patient.control.addUpstream('files', upstream.url)
    const { client, stop } = await startStatelessAgent(through(patient))
    stops.push(stop)
    const changes: string[] = []
    client.setNotificationHandler('notifications/tools/list_changed', () => {
      changes.push('tools')
    })
    await client.listen({ toolsListChanged: true })
    await delay(1500)
    upstream.notify.toolsChanged()
    await vi.waitFor(() => expect(changes).toEqual(['tools']))
  })

  test('ends when its gateway is revoked', async () => {
    const { subscription } = await listen()
    proxy.control.revokeGateway(GATEWAY)
    expect(await subscription.closed).toBe('graceful')
  })

  test('ends in good order when the proxy stops', async () => {
    const { subscription } = await listen()
    await proxy.stop()
    expect(await subscription.closed).toBe('graceful')
  })

  test('ends with its server', async () => {
    const { subscription } = await listen()
    await upstream.stop()
    expect(await subscription.closed).toBe('graceful')
  })
})
