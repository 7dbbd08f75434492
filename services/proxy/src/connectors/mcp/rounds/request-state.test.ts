import { NumberLexeme, newToken } from '@sallyport/runtime'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { post } from '../../../testing/agent.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { startStatelessAgent, statelessRequest, through } from '../../../testing/stateless-agent.ts'
import { startStatelessUpstream } from '../../../testing/stateless-upstream.ts'

let upstream: Awaited<ReturnType<typeof startStatelessUpstream>>
let proxy: ProxyFixture

beforeEach(async () => {
  upstream = await startStatelessUpstream()
  proxy = await startProxy({ config: { hold: { roundMs: 200 } } })
  proxy.control.addUpstream('files', upstream.url)
})
afterEach(async () => {
  await proxy.stop()
  await upstream.stop()
})

interface Answer {
  readonly result?: {
    readonly resultType: string
    readonly requestState?: string
    readonly content?: unknown
  }
  readonly error?: { readonly code: number; readonly message: string }
}

/** One request of a client that does its rounds by hand. */
async function ask(params: object, token = proxy.token): Promise<Answer> {
  const { body, headers } = statelessRequest('tools/call', params)
  const capabilities = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } } }
  Object.assign(body.params._meta, capabilities)
  const response = await post({ url: proxy.url, token }, body, headers)
  const text = await response.text()
  return JSON.parse(text.startsWith('{') ? text : (/^data: (.*)$/m.exec(text)?.[1] ?? ''))
}

const CONFIRM = { name: 'confirm', arguments: {} }
const SURE = { confirm: { action: 'accept', content: { sure: true } } }
const refusal = () => proxy.recorded('sallyport.action.decided.v1', ({ verdict }) => verdict === 'deny')

test("the upstream's state goes out sealed and comes back to it as it was", async () => {
  proxy.decision.outcomes.set('mcp.tools.confirm', 'allow')

  const first = await ask(CONFIRM)
  expect(first.result?.resultType).toBe('input_required')
  expect(first.result?.requestState).toMatch(/^sps1\./)
  const second = await ask({ ...CONFIRM, inputResponses: SURE, requestState: first.result?.requestState })

  expect(JSON.stringify(second.result)).toContain('confirmed true round-1')
})

test("a user's answers are recorded with the call that carries them", async () => {
  proxy.decision.outcomes.set('mcp.tools.confirm', 'allow')
  const capabilities = { elicitation: { form: {} } }
  const agent = await startStatelessAgent(through(proxy), { pin: '2026-07-28' }, { capabilities })
  agent.client.setRequestHandler('elicitation/create', async () => ({
    action: 'accept' as const,
    content: { sure: true },
  }))

  await agent.client.callTool(CONFIRM)

  const { data } = await proxy.recorded('sallyport.action.decided.v1', (event) =>
    JSON.stringify(event.arguments).includes('inputResponses'),
  )
  expect(data.arguments).toMatchObject({ name: 'confirm', inputResponses: SURE })
  await agent.stop()
})

test.each([
  ['tools/call', CONFIRM],
  ['prompts/get', { name: 'greet' }],
  ['resources/read', { uri: 'note://a' }],
])(
  'answers in %s are recorded with their numbers as they were sent, and no secret in them',
  async (method, params) => {
    const amount = new NumberLexeme('1234567890123456789')
    const content = { amount, text: `it is ghp_${'a1B2'.repeat(9)}` }
    const { body, headers } = statelessRequest(method, {
      ...params,
      inputResponses: { pay: { action: 'accept', content } },
    })

    await post(proxy, body, headers)

    const { data } = await proxy.recorded('sallyport.action.decided.v1')
    expect(data.argumentsText).toContain('"amount":1234567890123456789')
    expect(JSON.stringify(data)).not.toContain('a1B2')
    expect(data.findings).toMatchObject([{ place: '/inputResponses/pay/content/text' }])
  },
)

test.each([
  ['that was changed', (state: string) => `${state.slice(0, -2)}AA`],
  ["that is the upstream's own", () => 'round-1'],
  ['of another kind', () => 7],
])('a state %s is refused and recorded, and reaches nobody', async (_, tamper) => {
  proxy.decision.outcomes.set('mcp.tools.confirm', 'allow')
  const first = await ask(CONFIRM)
  const seen = upstream.seen.length

  const second = await ask({
    ...CONFIRM,
    inputResponses: SURE,
    requestState: tamper(first.result?.requestState ?? ''),
  })

  expect(second.error).toMatchObject({ code: -32_602 })
  expect((await refusal()).data.reasons.join()).toContain('requestState')
  expect(upstream.seen).toHaveLength(seen)
})

test('a state is of no use to another gateway, nor for another tool', async () => {
  proxy.decision.outcomes.set('mcp.tools.confirm', 'allow').set('mcp.tools.steps', 'allow')
  const { result } = await ask(CONFIRM)
  const other = newToken('sp_gw_')
  proxy.control.addGateway('other-agent', other)
  const retry = { inputResponses: SURE, requestState: result?.requestState }

  expect((await ask({ ...CONFIRM, ...retry }, other)).error?.code).toBe(-32_602)
  expect((await ask({ name: 'steps', arguments: {}, ...retry })).error?.code).toBe(-32_602)
  expect(upstream.calls).toEqual([])
})

test('a round of ours is for the arguments that were held, and for no others', async () => {
  proxy.decision.outcomes.set('mcp.tools.echo', 'hold')
  const { result } = await ask({ name: 'echo', arguments: { text: 'hi' } })

  const other = await ask({ name: 'echo', arguments: { text: 'ho' }, requestState: result?.requestState })

  expect(other.error).toMatchObject({ code: -32_602 })
  expect(proxy.approvals.all()).toHaveLength(1)
})

test('what the upstream asked for survives the rounds of a hold between its own', async () => {
  proxy.decision.outcomes.set('mcp.tools.confirm', 'hold')
  const capabilities = { elicitation: { form: {} } }
  const agent = await startStatelessAgent(through(proxy), { pin: '2026-07-28' }, { capabilities })
  agent.client.setRequestHandler('elicitation/create', async () => ({
    action: 'accept' as const,
    content: { sure: true },
  }))

  const first = proxy.approvals.next()
  const answer = agent.client.callTool(CONFIRM)
  const one = await first
  await proxy.approvals.attached(one.approvalId)
  const second = proxy.approvals.next()
  proxy.approvals.vote(one.approvalId, 'approve', 'dana')
  // The answer of the client's user is part of the call, so a person is asked about this call too.
  const two = await second
  expect(JSON.stringify(two.arguments)).toContain('"sure":true')
  await proxy.approvals.attached(two.approvalId)
  await proxy.approvals.attached(two.approvalId)
  proxy.approvals.vote(two.approvalId, 'approve', 'dana')

  expect(JSON.stringify((await answer).content)).toContain('confirmed true round-1')
  expect(proxy.approvals.all()).toMatchObject([{ status: 'consumed' }, { status: 'consumed' }])
  await agent.stop()
})
