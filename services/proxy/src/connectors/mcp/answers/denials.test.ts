import type { Client as ClientV2 } from '@modelcontextprotocol/client'
import { Value } from 'typebox/value'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Denial, DenialShape } from '../../../domain/denial-shape.ts'
import { post, startAgent, toolCall } from '../../../testing/agent.ts'
import type { ProxyFixture } from '../../../testing/proxy-fixture.ts'
import { type RuledWorld, startRuledWorld } from '../../../testing/ruled-world.ts'
import { startStatelessAgent, statelessRequest, through } from '../../../testing/stateless-agent.ts'

let world: RuledWorld
let proxy: ProxyFixture
const stopping: (() => Promise<unknown>)[] = []

const tool = (name: string, more: object = {}) => ({ name, inputSchema: { type: 'object' }, ...more })
const OUTPUT = { outputSchema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] } }

beforeEach(async () => {
  world = await startRuledWorld({
    hold: { budgetMs: 50, roundMs: 50 },
    denials: { shortAfter: 3, pauseAfter: 4, pauseMs: 10_000 },
  })
  proxy = world.proxy
  world.upstream.offers = {
    tools: [
      tool('delete_note'),
      tool('list_notes'),
      tool('archive_note'),
      tool('erase_everything'),
      tool('count_notes', OUTPUT),
    ],
  }
  stopping.push(world.stop)
})
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop()
})

async function agentOfV1() {
  const agent = await startAgent(proxy)
  stopping.unshift(agent.stop)
  return agent.client
}

interface Told {
  readonly isError: boolean
  readonly content: readonly { readonly text: string }[]
  readonly structuredContent?: Denial
  readonly _meta: { readonly 'sallyport/denial': Denial }
}

const SHAPED = {
  whole: (facts: unknown) => [...Value.Errors(DenialShape, facts)].map(({ message }) => message),
}

describe('a client of SDK v1', () => {
  test('is told of a denial in words and as structured content, with what is permitted instead', async () => {
    await world.permit({ 'mcp.tools.list_*': 'allow', 'mcp.tools.archive_note': 'require_approval' })
    const client = await agentOfV1()
    await client.listTools()
    const told = (await client.callTool({ name: 'delete_note', arguments: { id: 1 } })) as unknown as Told
    expect(told.isError).toBe(true)
    const facts = told.structuredContent
    expect(SHAPED.whole(facts)).toEqual([])
    expect(told._meta['sallyport/denial']).toEqual(facts)
    expect(told.content[0]?.text).toBe(facts?.message)
    expect(facts).toMatchObject({
      outcome: 'denied',
      because: 'policy',
      code: 'SP_DENIED',
      rule: 'no permission',
      upstream: 'files',
      action: 'mcp.tools.delete_note',
      allowed: [
        { kind: 'tool', name: 'archive_note', needsPerson: true },
        { kind: 'tool', name: 'list_notes', needsPerson: false },
      ],
      access: { by: 'administrator', tool: null },
      retry: 'after_change',
      retryAfterMs: null,
      times: 1,
    })
    expect(facts?.message).toContain('Allowed instead: archive_note (a person is asked), list_notes.')
  })

  test('that checks structured content by an outputSchema, in errors too, gets the denial and no broken tool', async () => {
    await world.permit({ 'mcp.tools.*': 'require_approval' })
    const client = await agentOfV1()
    await client.listTools()
    const told = (await client.callTool({ name: 'count_notes', arguments: {} })) as unknown as Told
    expect(told.isError).toBe(true)
    expect(told.structuredContent).toBeUndefined()
    expect(SHAPED.whole(told._meta['sallyport/denial'])).toEqual([])
    expect(told._meta['sallyport/denial']).toMatchObject({ outcome: 'pending', code: 'SP_PENDING' })
  })

  test('gets the same facts in the data of an error, for what is not a tool', async () => {
    const client = await agentOfV1()
    const refused: unknown = await client.getPrompt({ name: 'greet' }).catch((error: unknown) => error)
    const { data } = refused as { readonly data: Denial }
    expect(SHAPED.whole(data)).toEqual([])
    expect(data).toMatchObject({ outcome: 'denied', action: 'mcp.prompts.greet', retry: 'after_change' })
  })

  test('is told that a call waits, where it is answered, and that the same call goes on', async () => {
    await world.permit({ 'mcp.tools.archive_note': 'require_approval' })
    const client = await agentOfV1()
    const told = (await client.callTool({ name: 'archive_note', arguments: {} })) as unknown as Told
    expect(told.structuredContent).toMatchObject({
      outcome: 'pending',
      because: 'person',
      rule: 'permission mcp.tools.archive_note',
      access: { by: 'approver' },
      retry: 'same_call',
      retryAfterMs: 0,
    })
    const { approvalId } = told.structuredContent as Denial
    expect(approvalId).toBe(proxy.approvals.all()[0]?.approvalId)
  })
})

describe('a client of SDK v2', () => {
  const connect = async (): Promise<ClientV2> => {
    const agent = await startStatelessAgent(through(proxy), 'auto')
    stopping.unshift(agent.stop)
    return agent.client
  }

  test('is told the same, also of a tool with an outputSchema', async () => {
    await world.permit({ 'mcp.tools.list_*': 'allow' })
    const client = await connect()
    await client.listTools()
    for (const name of ['delete_note', 'count_notes']) {
      const told = (await client.callTool({ name, arguments: {} })) as unknown as Told
      expect(told.isError).toBe(true)
      expect(SHAPED.whole(told._meta['sallyport/denial'])).toEqual([])
      expect(told._meta['sallyport/denial'].allowed).toEqual([
        { kind: 'tool', name: 'list_notes', needsPerson: false },
      ])
    }
  })
})

test('a person who denies, and a person who never comes, are told apart', async () => {
  await world.permit({ 'mcp.tools.archive_note': 'require_approval' })
  await world.control.issueToken('dana')
  const client = await agentOfV1()
  const ended = async (args: object, end: (id: string) => void) => {
    const requested = proxy.approvals.next()
    const answer = client.callTool({ name: 'archive_note', arguments: args as Record<string, unknown> })
    end((await requested).approvalId)
    return ((await answer) as unknown as Told).structuredContent
  }
  const denied = await ended({ n: 1 }, (id) => proxy.approvals.vote(id, 'deny', 'dana'))
  expect(denied).toMatchObject({ outcome: 'denied', because: 'person', retry: 'no' })
  const expired = await ended({ n: 2 }, (id) => proxy.approvals.expire(id))
  expect(expired).toMatchObject({ outcome: 'expired', because: 'person', retry: 'same_call' })
})

test('a message that its revision forbids has the facts beside what the specification wants', async () => {
  const { body, headers } = statelessRequest('tools/call', { name: 'x', arguments: {} })
  const response = await post(proxy, body, { ...headers, 'mcp-name': 'another' })
  const { error } = (await response.json()) as { readonly error: { readonly data: Denial } }
  expect(SHAPED.whole(error.data)).toEqual([])
  expect(error.data).toMatchObject({ because: 'protocol', code: 'SP_PROTOCOL_BROKEN', retry: 'changed_call' })
})

test.each([
  ['a round', {}, 'input_required'],
  ['a task', { extensions: { 'io.modelcontextprotocol/tasks': {} } }, 'task'],
])('a call that waits in %s has the facts in its `_meta`', async (_, capabilities, resultType) => {
  await world.permit({ 'mcp.tools.archive_note': 'require_approval' })
  const { body, headers } = statelessRequest('tools/call', { name: 'archive_note', arguments: {} })
  const meta = { ...body.params._meta, 'io.modelcontextprotocol/clientCapabilities': capabilities }
  const response = await post(proxy, { ...body, params: { ...body.params, _meta: meta } }, headers)
  // The last event of the stream, where the caller waited on one.
  const text = (await response.text()).split('data: ').at(-1) ?? ''
  const { result } = JSON.parse(text) as { readonly result: Told & { readonly resultType: string } }
  expect(result.resultType).toBe(resultType)
  expect(SHAPED.whole(result._meta['sallyport/denial'])).toEqual([])
  expect(result._meta['sallyport/denial']).toMatchObject({
    outcome: 'pending',
    approvalId: proxy.approvals.all()[0]?.approvalId,
    retry: 'same_call',
  })
})

test('a call that nobody can let through is told so at once, and does not wait', async () => {
  await world.permit({ 'mcp.tools.archive_note': 'require_approval' })
  proxy.approvals.unanswerable = 'stage 1 needs 2 of group:finance, and there is nobody'
  const client = await agentOfV1()
  const told = (await client.callTool({ name: 'archive_note', arguments: {} })) as unknown as Told
  expect(told.structuredContent).toMatchObject({
    outcome: 'pending',
    access: { by: 'administrator' },
    retry: 'after_change',
    retryAfterMs: null,
  })
  expect(told.content[0]?.text).toContain(
    'nobody can answer it as things are: stage 1 needs 2 of group:finance',
  )
  const { data } = await proxy.recorded('sallyport.action.aborted.v1')
  expect(data.reason).toBe('the agent was told where the approval is answered')
})

test('a message that cannot be read has the facts too, with the rule that it breaks', async () => {
  const response = await post(proxy, '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}')
  const { error } = (await response.json()) as { readonly error: { readonly data: Denial } }
  expect(SHAPED.whole(error.data)).toEqual([])
  expect(error.data).toMatchObject({
    because: 'protocol',
    code: 'SP_JSON_NOT_STRICT',
    rule: 'strict decoding',
    retry: 'changed_call',
  })
})

describe('an agent that repeats a denied call unchanged', () => {
  const call = async (name: string, args: object) => {
    const response = await post(proxy, toolCall(name, args))
    return ((await response.json()) as { readonly result: Told }).result._meta['sallyport/denial']
  }

  test('hears fewer words, is told to pause, and is told of once', async () => {
    const told: Denial[] = []
    for (let n = 0; n < 6; n++) told.push(await call('delete_note', { id: 7 }))
    expect(told.map(({ outcome, times }) => [outcome, times])).toEqual([
      ['denied', 1],
      ['denied', 2],
      ['denied', 3],
      ['paused', 4],
      ['paused', 5],
      ['paused', 6],
    ])
    expect(told[2]?.message.length).toBeLessThan((told[1]?.message.length ?? 0) / 2)
    expect(told[3]?.retryAfterMs).toBeGreaterThan(9000)
    const { data } = await proxy.recorded('sallyport.action.repeated.v1')
    expect(data).toMatchObject({ action: 'mcp.tools.delete_note', times: 4, pauseMs: 10_000 })
    const types = (await proxy.actions()).map(({ type }) => type)
    expect(types.filter((type) => type === 'sallyport.action.repeated.v1')).toHaveLength(1)
    // Each of them was judged and is in the record.
    expect(types.filter((type) => type === 'sallyport.action.decided.v1')).toHaveLength(6)
  })

  test('may call at once, in its pause, what is permitted meanwhile', async () => {
    for (let n = 0; n < 5; n++) await call('list_notes', { id: 7 })
    await world.permit({ 'mcp.tools.list_notes': 'allow' })
    const response = await post(proxy, toolCall('list_notes', { id: 7 }))
    expect(await response.text()).toContain('list_notes')
    expect(world.upstream.calls).toEqual(['list_notes'])
  })

  test('is told in full of another call', async () => {
    for (let n = 0; n < 5; n++) await call('delete_note', { id: 7 })
    expect(await call('delete_note', { id: 8 })).toMatchObject({ outcome: 'denied', times: 1 })
  })
})
