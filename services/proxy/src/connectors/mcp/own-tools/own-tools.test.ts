import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Denial } from '../../../domain/denial-shape.ts'
import { startAgent } from '../../../testing/agent.ts'
import { type RuledWorld, startRuledWorld } from '../../../testing/ruled-world.ts'
import { startStatelessAgent, through } from '../../../testing/stateless-agent.ts'
import { ACCESS_TOOL } from './access-tool.ts'

let world: RuledWorld
const stopping: (() => Promise<unknown>)[] = []

const tool = (name: string) => ({ name, inputSchema: { type: 'object' } })
const WISH = { tool: 'delete_note', why: 'the note is wrong' }

beforeEach(async () => {
  world = await startRuledWorld({ denials: { accessRequests: 2 } })
  world.upstream.offers = { tools: [tool('delete_note'), tool('list_notes')] }
  await world.control.issueToken('dana')
  stopping.push(world.stop)
})
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop()
})

async function agentOfV1() {
  const { client, stop } = await startAgent(world.proxy)
  stopping.unshift(stop)
  return client
}

async function agentOfV2() {
  const { client, stop } = await startStatelessAgent(through(world.proxy), 'auto')
  stopping.unshift(stop)
  return client
}

interface Result {
  readonly isError?: boolean
  readonly content: readonly { readonly text: string }[]
  readonly structuredContent?: unknown
  readonly _meta?: Readonly<Record<string, Denial>>
}

/** What the agent hears of its wish, once the person has answered. */
async function wish(
  client: Awaited<ReturnType<typeof agentOfV1>>,
  answer: 'approve' | 'deny',
  args: object = WISH,
) {
  const requested = world.proxy.approvals.next()
  const asking = client.callTool({ name: ACCESS_TOOL, arguments: args as Record<string, unknown> })
  const approval = await requested
  world.proxy.approvals.vote(approval.approvalId, answer, 'dana')
  return { approval, told: (await asking) as unknown as Result }
}

describe.each([
  ['SDK v1', agentOfV1],
  ['SDK v2', agentOfV2],
])('an agent with %s', (_, connect) => {
  const namesOf = async (client: { listTools(): Promise<{ tools: readonly { name: string }[] }> }) =>
    (await client.listTools()).tools.map(({ name }) => name)

  test('is offered the tool where a permission names it, and nowhere else', async () => {
    await world.permit({ 'mcp.tools.*': 'allow', 'mcp.*': 'allow', '*': 'allow' })
    expect(await namesOf(await connect())).toEqual(['delete_note', 'list_notes'])
    await world.permit({ [ACCESS_TOOL]: 'require_approval' })
    expect(await namesOf(await connect())).toEqual(['delete_note', 'list_notes', ACCESS_TOOL])
  })

  test('cannot call it where it is not offered', async () => {
    await world.permit({ '*': 'allow' })
    const told = (await (
      await connect()
    ).callTool({ name: ACCESS_TOOL, arguments: WISH })) as unknown as Result
    expect(told.isError).toBe(true)
    expect(told.content[0]?.text).toContain('no permission')
    expect(world.proxy.approvals.all()).toEqual([])
    expect(world.upstream.calls).toEqual([])
  })

  test('does not see or reach a tool of that name which an upstream lists', async () => {
    world.upstream.offers = { tools: [{ ...tool(ACCESS_TOOL), description: 'not ours' }, tool('list_notes')] }
    await world.permit({ '*': 'allow' })
    const client = await connect()
    expect(await namesOf(client)).toEqual(['list_notes'])
    await client.callTool({ name: ACCESS_TOOL, arguments: WISH })
    await world.permit({ [ACCESS_TOOL]: 'require_approval' })
    const listed = (await (await connect()).listTools()).tools.filter(({ name }) => name === ACCESS_TOOL)
    expect(listed).toHaveLength(1)
    expect(JSON.stringify(listed)).not.toContain('not ours')
    expect(world.upstream.calls).toEqual([])
  })
})

test('a denial names the tool where it is offered, and does not where it is not', async () => {
  const client = await agentOfV1()
  const denied = async (args: object) => {
    const told = await client.callTool({ name: 'delete_note', arguments: args as Record<string, unknown> })
    return (told as unknown as Result)._meta?.['sallyport/denial']
  }
  expect((await denied({ n: 1 }))?.access.tool).toBeNull()
  await world.permit({ [ACCESS_TOOL]: 'require_approval' })
  const told = await denied({ n: 2 })
  expect(told?.access.tool).toBe(ACCESS_TOOL)
  expect(told?.message).toContain(`call the tool ${ACCESS_TOOL}`)
})

test('a wish is decided, recorded and answered by a person, and permits nothing by itself', async () => {
  await world.permit({ [ACCESS_TOOL]: 'require_approval' })
  const client = await agentOfV1()
  const { approval, told } = await wish(client, 'approve')
  expect(approval).toMatchObject({ arguments: WISH })
  expect(approval.binding.action).toBe(ACCESS_TOOL)
  expect(approval.reasons.join()).toContain('permits nothing by itself')
  expect(told.isError).toBeUndefined()
  expect(told.content[0]?.text).toMatch(/^approved by dana.*permits nothing by itself: it is still denied/)
  expect(told.structuredContent).toMatchObject({
    answeredBy: 'dana',
    wish: 'delete_note',
    permittedNow: 'no',
  })
  const denied = (await client.callTool({ name: 'delete_note', arguments: {} })) as unknown as Result
  expect(denied.isError).toBe(true)
  const { data } = await world.proxy.recorded(
    'sallyport.action.completed.v1',
    ({ action }) => action === ACCESS_TOOL,
  )
  expect(data).toMatchObject({ verdict: 'allow', outcome: 'ok', answeredBy: 'dana' })
  expect(world.upstream.calls).toEqual([])
})

test('an agent whose wish was fulfilled meanwhile is told that it may go on', async () => {
  await world.permit({ [ACCESS_TOOL]: 'require_approval' })
  const client = await agentOfV1()
  await client.listTools()
  const requested = world.proxy.approvals.next()
  const asking = client.callTool({ name: ACCESS_TOOL, arguments: WISH })
  const { approvalId } = await requested
  await world.permit({ 'mcp.tools.delete_note': 'allow' })
  world.proxy.approvals.vote(approvalId, 'approve', 'dana')
  const told = (await asking) as unknown as Result
  expect(told.content[0]?.text).toContain('You may use it now.')
  expect(told.structuredContent).toMatchObject({ approvalId, permittedNow: 'yes' })
})

test('a wish that a person denies says why, as every denial', async () => {
  await world.permit({ [ACCESS_TOOL]: 'require_approval' })
  const { told } = await wish(await agentOfV1(), 'deny')
  expect(told.isError).toBe(true)
  expect(told._meta?.['sallyport/denial']).toMatchObject({
    because: 'person',
    action: ACCESS_TOOL,
    retry: 'no',
  })
})

test('a wish that says nothing is refused, and asks nobody', async () => {
  await world.permit({ [ACCESS_TOOL]: 'require_approval' })
  const client = await agentOfV1()
  const told = (await client.callTool({ name: ACCESS_TOOL, arguments: {} })) as unknown as Result
  expect(told._meta?.['sallyport/denial']).toMatchObject({ because: 'protocol', retry: 'changed_call' })
  expect(world.proxy.approvals.all()).toEqual([])
})

test('a gateway that wishes without end is told when it may wish again', async () => {
  await world.permit({ [ACCESS_TOOL]: 'require_approval' })
  const client = await agentOfV1()
  await wish(client, 'deny', { ...WISH, why: 'one' })
  await wish(client, 'deny', { ...WISH, why: 'two' })
  const told = (await client.callTool({
    name: ACCESS_TOOL,
    arguments: { ...WISH, why: 'three' },
  })) as unknown as Result
  const facts = told._meta?.['sallyport/denial']
  expect(facts).toMatchObject({ because: 'limit', code: 'SP_TOO_MANY_ACCESS_REQUESTS', retry: 'later' })
  expect(facts?.retryAfterMs).toBeGreaterThan(3_500_000)
  expect(world.proxy.approvals.all()).toHaveLength(2)
})
