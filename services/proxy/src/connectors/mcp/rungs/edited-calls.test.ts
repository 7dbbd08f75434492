import { randomBytes } from 'node:crypto'
import type { Approval } from '@sallyport/approval'
import { afterEach, expect, test } from 'vitest'
import type { ProxyConfig } from '../../../config.ts'
import { startAgent } from '../../../testing/agent.ts'
import { startMcpUpstream } from '../../../testing/mcp-upstream.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { startStatelessAgent, through } from '../../../testing/stateless-agent.ts'
import { startStatelessUpstream } from '../../../testing/stateless-upstream.ts'
import { startTaskAgent } from '../../../testing/task-agent.ts'

const SECRET = randomBytes(32)
const ECHO = { name: 'echo', arguments: { text: 'sent' } }
const PIN = { pin: '2026-07-28' }

let proxy: ProxyFixture
const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function start(url: string, hold: Partial<ProxyConfig['hold']> = {}) {
  proxy = await startProxy({ secret: SECRET, config: { hold } })
  proxy.control.addUpstream('files', url)
  proxy.decision.outcomes.set('mcp.tools.echo', 'hold')
  stops.push(proxy.stop)
}

/** One person edits the call, and another one approves that. */
async function answer({ approvalId }: Pick<Approval, 'approvalId'>) {
  await proxy.approvals.edit(approvalId, 'omar', { text: 'edited' }, SECRET)
  expect(proxy.approvals.vote(approvalId, 'approve', 'dana')).toMatchObject({ status: 'approved' })
}

async function stateless(hold: Partial<ProxyConfig['hold']> = {}) {
  const upstream = await startStatelessUpstream()
  stops.push(upstream.stop)
  await start(upstream.url, hold)
  return upstream
}

const TOLD = ['omar', 'from \\"sent\\" to \\"edited\\"', 'echo edited', 'sallyport/edit']
function expectTold(result: unknown) {
  const text = JSON.stringify(result).replaceAll('\\\\', '\\')
  for (const said of TOLD) expect(text).toContain(said)
}

test('in rounds', async () => {
  const upstream = await stateless({ roundMs: 100 })
  const { client, stop } = await startStatelessAgent(through(proxy), PIN)
  stops.push(stop)
  const requested = proxy.approvals.next()
  const call = client.callTool(ECHO)
  const approval = await requested
  await proxy.approvals.attached(approval.approvalId)
  await answer(approval)
  expectTold(await call)
  expect(upstream.calls).toEqual(['echo edited'])
})

test('at a URL', async () => {
  const upstream = await stateless({ approvalUrl: 'https://sallyport.example/approve/{id}' })
  const { client, stop } = await startStatelessAgent(through(proxy), PIN, {
    capabilities: { elicitation: { url: {} } },
  })
  stops.push(stop)
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    await answer({ approvalId: (params as { url: string }).url.split('/').at(-1) ?? '' })
    return { action: 'accept' }
  })
  expectTold(await client.callTool(ECHO))
  expect(upstream.calls).toEqual(['echo edited'])
})

test('as a task', async () => {
  const upstream = await stateless({ taskPollMs: 10 })
  const { session, stop } = await startTaskAgent(through(proxy))
  stops.push(stop)
  const requested = proxy.approvals.next()
  const execution = await session.callTool('echo', ECHO.arguments)
  if (execution.kind !== 'task') throw new Error('it did not become a task')
  await answer(await requested)
  expectTold((await execution.settle()).outcome)
  expect(upstream.calls).toEqual(['echo edited'])
})

test('on a stream', async () => {
  const upstream = await startMcpUpstream()
  stops.push(upstream.stop)
  await start(upstream.url)
  const { client, stop } = await startAgent(proxy)
  stops.push(stop)
  const requested = proxy.approvals.next()
  const call = client.callTool(ECHO)
  await answer(await requested)
  expect(JSON.stringify((await call).content)).toContain('edited before it was carried out, by omar')
  expect(upstream.calls).toEqual(['echo edited'])
})

test('by a call that is made again', async () => {
  const upstream = await startMcpUpstream()
  stops.push(upstream.stop)
  await start(upstream.url, { budgetMs: 2000 })
  const { client, stop } = await startAgent(proxy)
  stops.push(stop)
  const requested = proxy.approvals.next()
  expect((await client.callTool(ECHO)).isError).toBe(true)
  await answer(await requested)
  const result = await client.callTool(ECHO)
  expect(JSON.stringify(result.content)).toContain('edited before it was carried out, by omar')
  expect(upstream.calls).toEqual(['echo edited'])
})
