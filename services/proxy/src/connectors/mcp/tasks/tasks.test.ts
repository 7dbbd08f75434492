import { randomBytes } from 'node:crypto'
import { createApplicationInputHandler } from '@modelcontextprotocol/ext-tasks/client'
import { newToken } from '@sallyport/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ProxyConfig } from '../../../config.ts'
import { post } from '../../../testing/agent.ts'
import { type FixtureOptions, type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { statelessRequest, through } from '../../../testing/stateless-agent.ts'
import { startStatelessUpstream } from '../../../testing/stateless-upstream.ts'
import { startTaskAgent } from '../../../testing/task-agent.ts'

const TASKS = 'io.modelcontextprotocol/tasks'
const ECHO = { text: 'hi' }

const SURE = createApplicationInputHandler({
  elicitation: () => ({ action: 'accept', content: { sure: true } }),
  sampling: unasked,
  roots: unasked,
})

function unasked(): never {
  throw new Error('nobody asks for that')
}

let upstream: Awaited<ReturnType<typeof startStatelessUpstream>>
let proxy: ProxyFixture
const stops: (() => Promise<void>)[] = []

beforeEach(async () => {
  upstream = await startStatelessUpstream()
  await start()
})
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
  await upstream.stop()
})

async function start(hold: Partial<ProxyConfig['hold']> = {}, options: FixtureOptions = {}) {
  proxy = await startProxy({ ...options, config: { ...options.config, hold: { taskPollMs: 10, ...hold } } })
  proxy.control.addUpstream('files', upstream.url)
  proxy.decision.outcomes.set('mcp.tools.echo', 'hold').set('mcp.tools.confirm', 'hold')
  stops.push(proxy.stop)
}

async function connect(...more: Parameters<typeof startTaskAgent> extends [unknown, ...infer R] ? R : never) {
  const agent = await startTaskAgent(through(proxy), ...more)
  stops.push(agent.stop)
  return agent.session
}

async function heldTask(
  tool = 'echo',
  args: Record<string, string> = ECHO,
  session?: Awaited<ReturnType<typeof connect>>,
) {
  const requested = proxy.approvals.next()
  const execution = await (session ?? (await connect())).callTool(tool, args)
  if (execution.kind !== 'task') throw new Error('it did not become a task')
  return { execution, taskId: execution.handle.taskId, approval: await requested }
}

interface Asked {
  readonly result?: {
    readonly status?: string
    readonly statusMessage?: string
    readonly result?: unknown
    readonly error?: { message: string }
  }
  readonly error?: { readonly code: number }
}

/** One request about a task, of a client that knows nothing but its id. */
async function ask(
  method: string,
  taskId: string,
  token = proxy.token,
  extensions: object = { [TASKS]: {} },
) {
  const { body, headers } = statelessRequest(method, { taskId })
  const capabilities = { 'io.modelcontextprotocol/clientCapabilities': { extensions } }
  const params = { ...body.params, _meta: { ...body.params._meta, ...capabilities } }
  const response = await post({ url: proxy.url, token }, { ...body, params }, headers)
  return (await response.json()) as Asked
}

async function over(taskId: string) {
  for (;;) {
    const { result } = await ask('tasks/get', taskId)
    if (result?.status !== 'working') return result
  }
}

describe('a held call of a client that takes tasks', () => {
  test('becomes one at once, and is carried out once when a person approves', async () => {
    const { execution, approval } = await heldTask()
    expect(upstream.calls).toEqual([])

    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')
    const { outcome } = await execution.settle()

    expect(JSON.stringify(outcome)).toContain('echo hi')
    expect(upstream.calls).toEqual(['echo hi'])
    const { data } = await proxy.recorded(
      'sallyport.action.completed.v1',
      (d) => d.action === 'mcp.tools.echo',
    )
    expect(data).toMatchObject({ outcome: 'ok', answeredBy: 'dana' })
  })

  test('says where the approval is answered while it waits', async () => {
    const { taskId, approval } = await heldTask()

    const { result } = await ask('tasks/get', taskId)

    expect(result).toMatchObject({ resultType: 'complete', taskId, status: 'working', pollIntervalMs: 10 })
    expect(result?.statusMessage).toContain(approval.approvalId)
  })

  test('is carried out with nobody connected, and its result is there for whoever comes back', async () => {
    const { execution, taskId, approval } = await heldTask()
    await execution.detach()
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')
    await proxy.recorded('sallyport.action.completed.v1', (d) => d.action === 'mcp.tools.echo')

    expect(await over(taskId)).toMatchObject({ status: 'completed', result: { resultType: 'complete' } })
    expect(await over(taskId)).toMatchObject({ status: 'completed' })
    expect(upstream.calls).toEqual(['echo hi'])
  })

  test('that is denied is completed with the reason as an error of the tool', async () => {
    const { taskId, approval } = await heldTask()

    proxy.approvals.vote(approval.approvalId, 'deny', 'dana', 'not on a Friday')

    const result = await over(taskId)
    expect(result).toMatchObject({ status: 'completed', result: { isError: true } })
    expect(JSON.stringify(result)).toContain('denied by dana: not on a Friday')
    expect(upstream.calls).toEqual([])
  })

  test('that is cancelled is not carried out, even if a person approves it later', async () => {
    const { execution, taskId, approval } = await heldTask()

    await execution.cancel()
    await proxy.recorded('sallyport.action.aborted.v1', ({ reason }) => reason.includes('cancelled'))
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')

    expect(await over(taskId)).toMatchObject({ status: 'cancelled' })
    expect(await ask('tasks/cancel', taskId)).toMatchObject({ result: { resultType: 'complete' } })
    expect(upstream.calls).toEqual([])
    expect(proxy.approvals.all()).toMatchObject([{ status: 'approved' }])
  })

  test('goes through at once, without a task, where it was approved before', async () => {
    const { execution, approval } = await heldTask()
    await execution.cancel()
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')

    const again = await (await connect()).callTool('echo', ECHO)

    expect(again.kind).toBe('immediate')
    expect(JSON.stringify((await again.settle()).outcome)).toContain('echo hi')
  })

  test('is stopped by the kill switch like any other', async () => {
    const { taskId } = await heldTask()

    proxy.control.kill('global')

    expect(JSON.stringify(await over(taskId))).toContain('kill_switch:global')
    expect(proxy.approvals.all()).toMatchObject([{ status: 'cancelled' }])
  })

  test('asks the client for what the upstream wants to know, and another approval for what it was told', async () => {
    const session = await connect({ elicitation: { form: {} } }, SURE)
    const { execution, approval } = await heldTask('confirm', {}, session)
    const next = proxy.approvals.next()
    const settled = execution.settle()
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')

    const second = await next
    expect(JSON.stringify(second.arguments)).toContain('"sure":true')
    proxy.approvals.vote(second.approvalId, 'approve', 'dana')

    expect(JSON.stringify((await settled).outcome)).toContain('confirmed true round-1')
    expect(upstream.calls).toEqual(['confirmed true round-1'])
  })
})

describe('a task', () => {
  test('is unknown to another gateway, and to a client without the extension', async () => {
    const { taskId } = await heldTask()
    const other = newToken('sp_gw_')
    proxy.control.addGateway('other-agent', other)

    expect((await ask('tasks/get', taskId, other)).error?.code).toBe(-32_602)
    expect((await ask('tasks/cancel', taskId, other)).error?.code).toBe(-32_602)
    expect((await ask('tasks/get', taskId, proxy.token, {})).error?.code).toBe(-32_021)
    expect(await ask('tasks/get', taskId)).toMatchObject({ result: { status: 'working' } })
  })

  test('of the upstream that this gateway did not get is not there', async () => {
    expect((await ask('tasks/get', 'task-of-the-upstream')).error?.code).toBe(-32_602)
    const { data } = await proxy.recorded(
      'sallyport.action.decided.v1',
      (d) => d.action === 'mcp.rpc.tasks_get',
    )
    expect(data).toMatchObject({ verdict: 'deny', rule: 'protocol' })
  })

  test('is gone when its time is over', async () => {
    await start({ taskTtlMs: 30 })
    const { taskId, approval } = await heldTask()
    proxy.approvals.vote(approval.approvalId, 'deny', 'dana')

    for (;;) if ((await ask('tasks/get', taskId)).error?.code === -32_602) break
  })

  test('is not made where no more may be kept: the caller is kept another way', async () => {
    await start({ taskBytes: 0, roundMs: 1 })

    const execution = await (await connect()).callTool('echo', ECHO)

    expect(execution.kind).toBe('immediate')
    expect(JSON.stringify((await execution.settle()).outcome)).toContain('with the same arguments')
  })
})

describe('a task whose process is gone', () => {
  async function orphaned() {
    const secret = randomBytes(32)
    await start({}, { secret })
    const held = await heldTask()
    const { control, decision, approvals, signals, token } = proxy
    await proxy.stop()
    await start({}, { secret, control, decision, approvals, signals, token })
    return held
  }

  test('says that it is to be called again while its approval is open, and the repeated call attaches', async () => {
    const { taskId, approval } = await orphaned()
    const { result } = await ask('tasks/get', taskId)
    expect(result).toMatchObject({ status: 'working' })
    expect(result?.statusMessage).toContain('call again with the same arguments')

    const execution = await (await connect()).callTool('echo', ECHO)
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')

    expect(JSON.stringify((await execution.settle()).outcome)).toContain('echo hi')
    expect(upstream.calls).toEqual(['echo hi'])
    expect((await over(taskId))?.error?.message).toContain('may have been carried out')
  })

  test('has failed when its approval was denied', async () => {
    const { taskId, approval } = await orphaned()
    proxy.approvals.vote(approval.approvalId, 'deny', 'dana')

    expect(await over(taskId)).toMatchObject({ status: 'failed' })
  })
})
