import { afterEach, describe, expect, test } from 'vitest'
import { post, toolCall } from '../testing/agent.ts'
import { startApiUpstream } from '../testing/api-upstream.ts'
import { gatedLog } from '../testing/gated-log.ts'
import { type ProxyFixture, startProxy } from '../testing/proxy-fixture.ts'
import { startRawUpstream } from '../testing/raw-upstream.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

type Change = (proxy: ProxyFixture) => void

test('a log that goes on and changes nothing holds no call up', async () => {
  const { gate, proxy } = await gated()
  const upstream = await startRawUpstream()
  stops.push(() => upstream.stop())
  proxy.control.addUpstream('files', upstream.url)
  proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
  // As a decision service answers whose state has not changed since.
  proxy.decision.offset = 0
  const appending = gate.shut()
  const answer = post(proxy, toolCall('echo', { text: 'x' }))
  await appending
  proxy.control.touch()
  gate.open()
  const { request, response } = await upstream.next()
  const { id } = JSON.parse(request.body)
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } }))
  expect((await answer).status).toBe(200)
})

describe.each<[string, Change, string]>([
  [
    'deny',
    ({ control, decision }) => {
      decision.outcomes.set('mcp.tools.echo', 'deny').set('http.post', 'deny')
      control.touch()
    },
    'means deny',
  ],
  [
    'hold',
    ({ control, decision }) => {
      decision.outcomes.set('mcp.tools.echo', 'hold').set('http.post', 'hold')
      control.touch()
    },
    'it needs a person since the rules were changed',
  ],
])('a change of the rules to %s between the decision and the forward', (_to, change, reason) => {
  test('withholds a tool call, and it is recorded as aborted', async () => {
    const { gate, proxy } = await gated()
    const upstream = await startRawUpstream()
    stops.push(() => upstream.stop())
    proxy.control.addUpstream('files', upstream.url)
    proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
    const appending = gate.shut()
    const answer = post(proxy, toolCall('echo', { text: 'x' }))
    await appending
    change(proxy)
    gate.open()

    expect(JSON.stringify(await (await answer).json())).toContain(reason)
    await aborted(proxy, reason)
    expect(upstream.seen).toEqual([])
  })

  test('withholds an HTTP request, and it is recorded as aborted', async () => {
    const { gate, proxy } = await gated()
    const api = await startApiUpstream()
    stops.push(() => api.stop())
    proxy.control.addUpstream('api', api.url, null, 'http')
    proxy.decision.outcomes.set('http.post', 'allow')
    const appending = gate.shut()
    const answer = fetch(`${proxy.url}/http/api/jobs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${proxy.token}`, 'content-type': 'application/json' },
      body: '{}',
    })
    await appending
    change(proxy)
    gate.open()

    const response = await answer
    expect(response.status).toBe(403)
    expect(await response.text()).toContain(reason)
    await aborted(proxy, reason)
    expect(api.seen).toEqual([])
  })
})

test.each([
  ['the revocation', false],
  ['the revocation and new issue of the name', true],
])(
  '%s of the token that approved, between the claim and the forward, withholds the action',
  async (_claim, reissued) => {
    const { gate, proxy } = await gated()
    const api = await startApiUpstream()
    stops.push(() => api.stop())
    proxy.control.addUpstream('api', api.url, null, 'http')
    proxy.decision.outcomes.set('http.post', 'hold')
    const asked = proxy.approvals.next()
    const answer = fetch(`${proxy.url}/http/api/jobs`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${proxy.token}`,
        'content-type': 'application/json',
        prefer: 'wait=30',
      },
      body: '{}',
    })
    const { approvalId } = await asked
    const appending = gate.shut()
    proxy.approvals.vote(approvalId, 'approve', 'mallory')
    await appending
    proxy.control.revokeToken('mallory')
    if (reissued) proxy.control.reissueToken('mallory')
    gate.open()

    const response = await answer
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('the token that approved it was revoked')
    const { data } = await proxy.recorded('sallyport.action.aborted.v1')
    expect(data).toMatchObject({ stage: 'forwarding', approvalId, answeredBy: 'mallory' })
    expect(api.seen).toEqual([])
  },
)

async function aborted(proxy: ProxyFixture, reason: string): Promise<void> {
  const { data } = await proxy.recorded('sallyport.action.aborted.v1')
  expect(data).toMatchObject({ stage: 'forwarding', verdict: 'deny' })
  expect(data.reason).toContain(reason)
  const { data: decided } = await proxy.recorded('sallyport.action.decided.v1')
  expect(decided).toMatchObject({ verdict: 'allow', actionId: data.actionId })
}

async function gated() {
  const gate = gatedLog()
  const proxy = await startProxy({ log: gate.log })
  stops.push(() => proxy.stop())
  return { gate, proxy }
}
