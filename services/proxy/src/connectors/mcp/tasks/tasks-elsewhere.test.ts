import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { newToken } from '@sallyport/runtime'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { post } from '../../../testing/agent.ts'
import { FixedControl } from '../../../testing/fixed-control.ts'
import { FixedDecision } from '../../../testing/fixed-decision.ts'
import { FoldedApprovals } from '../../../testing/folded-approvals.ts'
import { LocalSignals } from '../../../testing/local-signals.ts'
import { close, listen, text } from '../../../testing/mcp-upstream.ts'
import { GATEWAY, type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { statelessRequest } from '../../../testing/stateless-agent.ts'

const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } }

let world: Awaited<ReturnType<typeof startWorld>>

beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.stop())

/** Two proxies of one fleet before an upstream that makes a task of every call. */
async function startWorld() {
  const asked: { method: string; taskId?: string }[] = []
  const server = createServer(async (request, response) => {
    const { id, method, params } = JSON.parse(await text(request))
    asked.push({ method, taskId: params.taskId })
    const task = { taskId: 'theirs-7', createdAt: AT, lastUpdatedAt: AT, ttlMs: null }
    const result =
      method === 'tools/list'
        ? { resultType: 'complete', tools: [{ name: 'build', inputSchema: { type: 'object' } }] }
        : method === 'tools/call'
          ? { ...task, resultType: 'task', status: 'working' }
          : { ...task, resultType: 'complete', status: 'completed', result: { content: [] } }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
  })
  const url = `http://127.0.0.1:${await listen(server)}/mcp`
  const control = new FixedControl()
  const decision = new FixedDecision()
  const signals = new LocalSignals()
  const approvals = new FoldedApprovals(signals)
  const [secret, token] = [randomBytes(32), newToken('sp_gw_')]
  control.addGateway(GATEWAY, token)
  control.addUpstream('files', url)
  decision.outcomes.set('mcp.tools.build', 'hold').set('mcp.rpc.tasks_get', 'allow')
  const start = async () => {
    const port = await freePort()
    const listenAt = { address: { host: '127.0.0.1', port }, advertise: `http://127.0.0.1:${port}` }
    return startProxy({
      secret,
      token,
      control,
      decision,
      approvals,
      signals,
      config: { listen: listenAt, hold: { taskPollMs: 10 } },
    })
  }
  const [one, two] = [await start(), await start()]
  return {
    asked,
    approvals,
    one,
    two,
    async stop() {
      await one.stop()
      await two.stop()
      await close(server)
    },
  }
}

const AT = '2026-11-21T12:00:00.000Z'

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  await close(server)
  return port
}

async function ask(proxy: ProxyFixture, method: string, params: object) {
  const { body, headers } = statelessRequest(method, params)
  const _meta = { ...body.params._meta, 'io.modelcontextprotocol/clientCapabilities': TASKS }
  const response = await post(proxy, { ...body, params: { ...body.params, _meta } }, headers)
  return (await response.json()) as {
    result: { taskId: string; status: string; statusMessage?: string; error?: { message: string } }
  }
}

async function heldAtOne() {
  const requested = world.approvals.next()
  const { result } = await ask(world.one, 'tools/call', { name: 'build', arguments: {} })
  return { taskId: result.taskId, approval: await requested }
}

test('a task is asked for at any proxy of the fleet, and cancelled there too', async () => {
  const { taskId } = await heldAtOne()

  expect((await ask(world.two, 'tasks/get', { taskId })).result).toMatchObject({ taskId, status: 'working' })
  await ask(world.two, 'tasks/cancel', { taskId })

  expect((await ask(world.one, 'tasks/get', { taskId })).result.status).toBe('cancelled')
})

test('a task whose proxy is gone is told of by another one, from what the log has of its approval', async () => {
  const { taskId, approval } = await heldAtOne()
  await world.one.stop()

  const { result } = await ask(world.two, 'tasks/get', { taskId })
  expect(result.status).toBe('working')
  expect(result.statusMessage).toContain('call again with the same arguments')
  world.approvals.vote(approval.approvalId, 'deny', 'dana')
  expect((await ask(world.two, 'tasks/get', { taskId })).result.status).toBe('failed')
})

test('a task that the upstream makes of an approved call is asked about under the id that the client has', async () => {
  const { taskId, approval } = await heldAtOne()
  world.approvals.vote(approval.approvalId, 'approve', 'dana')
  await world.one.recorded('sallyport.action.completed.v1', ({ action }) => action === 'mcp.tools.build')

  const { result } = await ask(world.two, 'tasks/get', { taskId })

  expect(result).toMatchObject({ taskId, status: 'completed' })
  expect(world.asked.at(-1)).toEqual({ method: 'tasks/get', taskId: 'theirs-7' })
  expect(world.asked.filter(({ method }) => method === 'tools/call')).toHaveLength(1)
})
