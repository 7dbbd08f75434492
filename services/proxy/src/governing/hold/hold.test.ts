import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { post, startAgent, toolCall } from '../../testing/agent.ts'
import { startMcpUpstream } from '../../testing/mcp-upstream.ts'
import { type ProxyFixture, startProxy } from '../../testing/proxy-fixture.ts'

const ACTION = 'mcp.tools.create_issue'
const ARGUMENTS = { title: 'broken' }

let proxy: ProxyFixture
let upstream: Awaited<ReturnType<typeof startMcpUpstream>>
let agent: Awaited<ReturnType<typeof startAgent>>

beforeEach(async () => {
  upstream = await startMcpUpstream()
  proxy = await startProxy()
  proxy.control.addUpstream('files', upstream.url)
  proxy.decision.outcomes.set(ACTION, 'hold')
  agent = await startAgent(proxy)
})
afterEach(async () => {
  await agent.stop()
  await proxy.stop()
  await upstream.stop()
})

const callTool = () => agent.client.callTool({ name: 'create_issue', arguments: ARGUMENTS })
const resumed = () => proxy.recorded('sallyport.action.decided.v1', ({ phase }) => phase === 'resumed')

/** A call that is held, and the approval it waits for. */
async function heldCall() {
  const requested = proxy.approvals.next()
  const answer = callTool()
  return { answer, approval: await requested }
}

describe('a held call', () => {
  test('goes on when a person approves, and the record names them', async () => {
    const { answer, approval } = await heldCall()
    expect(upstream.calls).toEqual([])

    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')

    expect((await answer).content).toEqual([{ type: 'text', text: 'made broken' }])
    expect(upstream.calls).toEqual(['create_issue broken'])
    const { data: hold } = await proxy.recorded('sallyport.action.decided.v1', (d) => d.verdict === 'hold')
    expect((await resumed()).data).toMatchObject({
      actionId: hold.actionId,
      verdict: 'allow',
      answeredBy: 'dana',
      approvalId: approval.approvalId,
      toolDigest: approval.binding.toolDigest,
    })
    expect(approval.binding.toolDigest).toMatch(/^[0-9a-f]{64}$/)
    expect(proxy.approvals.all()).toMatchObject([{ status: 'consumed' }])
    const { data } = await proxy.recorded('sallyport.action.completed.v1', (d) => d.action === ACTION)
    expect(data).toMatchObject({ outcome: 'ok', answeredBy: 'dana' })
    expect(data.heldMs).toBeGreaterThan(0)
  })

  test('is told who denied it and why', async () => {
    const { answer, approval } = await heldCall()

    proxy.approvals.vote(approval.approvalId, 'deny', 'dana', 'not on a Friday')

    const result = await answer
    expect(result.isError).toBe(true)
    expect(JSON.stringify(result.content)).toContain('denied by dana: not on a Friday')
    expect((await resumed()).data).toMatchObject({ verdict: 'deny', answeredBy: 'dana' })
    expect(upstream.calls).toEqual([])
  })

  test('is denied when nobody answered before the approval expired', async () => {
    const { answer, approval } = await heldCall()

    proxy.approvals.expire(approval.approvalId)

    expect(JSON.stringify((await answer).content)).toContain('nobody answered')
    expect(upstream.calls).toEqual([])
  })

  test('is denied when the approval is cancelled', async () => {
    const { answer, approval } = await heldCall()

    await proxy.approvals.cancelApproval(approval.approvalId, 'a mistake')

    expect(JSON.stringify((await answer).content)).toContain('was cancelled')
    expect((await resumed()).data).toMatchObject({ verdict: 'deny', approvalId: approval.approvalId })
  })

  test('is denied by the kill switch at once, and its approval is cancelled', async () => {
    const { answer } = await heldCall()

    proxy.control.kill('global')

    expect(JSON.stringify((await answer).content)).toContain('kill_switch:global')
    expect(proxy.approvals.all()).toMatchObject([{ status: 'cancelled' }])
    expect(upstream.calls).toEqual([])
  })

  test('is denied when its gateway is revoked', async () => {
    const { answer } = await heldCall()

    proxy.control.revokeGateway('code-agent')

    expect(JSON.stringify((await answer).content)).toContain('was revoked')
  })

  test('goes on without a person when the policy comes to allow it', async () => {
    const { answer } = await heldCall()

    proxy.decision.outcomes.set(ACTION, 'allow')
    proxy.control.touch()

    expect((await answer).isError).toBeUndefined()
    expect(proxy.approvals.all()).toMatchObject([{ status: 'cancelled' }])
    expect((await resumed()).data).toMatchObject({ verdict: 'allow', answeredBy: null })
  })

  test('that was approved under another policy asks anew', async () => {
    const { answer, approval } = await heldCall()

    proxy.decision.policyVersion = 'p-2'
    const again = proxy.approvals.next()
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')
    const second = await again
    expect(upstream.calls).toEqual([])
    expect(second.binding.policyVersion).toBe('p-2')

    proxy.approvals.vote(second.approvalId, 'approve', 'dana')
    await answer
    expect(proxy.approvals.all()).toMatchObject([{ status: 'revoked' }, { status: 'consumed' }])
  })

  test('whose tool was redefined meanwhile asks anew', async () => {
    const { answer, approval } = await heldCall()

    upstream.describeTool('Makes an issue and sends it to somebody else')
    const again = proxy.approvals.next()
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')
    const second = await again
    expect(upstream.calls).toEqual([])
    expect(second.binding.toolDigest).not.toBe(approval.binding.toolDigest)

    proxy.approvals.vote(second.approvalId, 'deny', 'dana')
    expect((await answer).isError).toBe(true)
    expect(proxy.approvals.all()[0]).toMatchObject({ status: 'revoked' })
  })

  test('attaches to the approval of the same call, and only one of the two uses it', async () => {
    const { answer, approval } = await heldCall()
    const other = await startAgent(proxy)
    const attached = other.client.callTool({ name: 'create_issue', arguments: ARGUMENTS })
    await proxy.approvals.attached(approval.approvalId)

    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')

    const answers = await Promise.all([answer, attached])
    expect(answers.filter(({ isError }) => isError)).toHaveLength(1)
    expect(upstream.calls).toEqual(['create_issue broken'])
    expect(proxy.approvals.all()).toHaveLength(1)
    await other.stop()
  })

  test('that is repeated after its approval goes through at once', async () => {
    const { answer, approval } = await heldCall()
    await agent.stop()
    await expect(answer).rejects.toThrow()
    const { data } = await proxy.recorded('sallyport.action.aborted.v1')
    expect(data).toMatchObject({ stage: 'held', approvalId: approval.approvalId })
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')

    agent = await startAgent(proxy)
    expect((await callTool()).isError).toBeUndefined()
    expect(proxy.approvals.all()).toMatchObject([{ status: 'consumed' }])
  })

  test('approved for one server does not reach another that takes over its name', async () => {
    const other = await startMcpUpstream()
    const { answer, approval } = await heldCall()
    await agent.stop()
    await expect(answer).rejects.toThrow()
    await proxy.recorded('sallyport.action.aborted.v1')
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')

    proxy.control.addUpstream('files', other.url)
    agent = await startAgent(proxy)
    const { answer: repeated, approval: second } = await heldCall()

    expect(second.binding).toMatchObject({ upstream: 'files', toolDigest: approval.binding.toolDigest })
    expect(second.callDigest).not.toBe(approval.callDigest)
    expect(other.calls).toEqual([])
    proxy.approvals.vote(second.approvalId, 'deny', 'dana')
    expect((await repeated).isError).toBe(true)
    await other.stop()
  })

  test.each([
    ['that was revoked since', false],
    ['whose name somebody else has since', true],
  ])('approved with a token %s asks somebody else', async (_claim, reissued) => {
    const { answer, approval } = await heldCall()
    await agent.stop()
    await expect(answer).rejects.toThrow()
    await proxy.recorded('sallyport.action.aborted.v1')
    proxy.approvals.vote(approval.approvalId, 'approve', 'mallory')

    proxy.control.revokeToken('mallory')
    if (reissued) proxy.control.reissueToken('mallory')
    agent = await startAgent(proxy)
    const { answer: repeated, approval: second } = await heldCall()

    expect(second.approvalId).not.toBe(approval.approvalId)
    expect(upstream.calls).toEqual([])
    proxy.approvals.vote(second.approvalId, 'approve', 'dana')
    expect((await repeated).isError).toBeUndefined()
    expect(proxy.approvals.all()).toMatchObject([{ status: 'revoked' }, { status: 'consumed' }])
  })

  test('lost to another proxy of the fleet is denied and reaches nobody from here', async () => {
    const { answer, approval } = await heldCall()
    const { approvalId, callDigest } = approval
    const claim = { approvalId, callDigest, actionId: 'another', claimant: 'proxy/other' }
    proxy.approvals.beforeClaim = async () => {
      proxy.approvals.beforeClaim = undefined
      await proxy.approvals.claimApproval(claim)
    }

    proxy.approvals.vote(approvalId, 'approve', 'dana')

    expect(JSON.stringify((await answer).content)).toContain('could not be used')
    expect(upstream.calls).toEqual([])
  })

  test('survives that approvals is away, and that its signal was lost', async () => {
    proxy.approvals.away = true
    const requested = proxy.approvals.next()
    const answer = callTool()
    await proxy.recorded('sallyport.action.decided.v1', ({ verdict }) => verdict === 'hold')
    proxy.approvals.away = false
    const approval = await requested

    proxy.signals.deaf = true
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')

    expect((await answer).isError).toBeUndefined()
  })

  test('is answered and stays open when Sallyport stops', async () => {
    const { answer, approval } = await heldCall()

    const stopped = proxy.stop()

    expect(JSON.stringify((await answer).content)).toContain(approval.approvalId)
    await stopped
    expect(proxy.approvals.all()).toMatchObject([{ status: 'pending' }])
    const { data } = await proxy.recorded('sallyport.action.aborted.v1')
    expect(data).toMatchObject({ stage: 'held', reason: 'Sallyport is stopping' })
  })

  test('ends when its client cancels it, and the upstream hears nothing of either', async () => {
    const abort = new AbortController()
    const requested = proxy.approvals.next()
    const answer = agent.client.callTool({ name: 'create_issue', arguments: ARGUMENTS }, undefined, {
      signal: abort.signal,
    })
    await requested
    abort.abort()

    await expect(answer).rejects.toThrow()
    const { data } = await proxy.recorded('sallyport.action.aborted.v1')
    expect(data).toMatchObject({ stage: 'held' })
    expect(upstream.seen.some(({ body }) => body.includes('notifications/cancelled'))).toBe(false)
    expect(proxy.approvals.all()).toMatchObject([{ status: 'pending' }])
  })
})

test.each([
  [
    'another unknown method',
    { method: 'notifications/deploy', params: { to: 'all' } },
    { method: 'notifications/drop', params: { to: 'all' } },
  ],
  [
    'a task',
    toolCall('create_issue', ARGUMENTS),
    {
      method: 'tools/call',
      params: { name: 'create_issue', arguments: ARGUMENTS, task: { ttl: 1 } },
    },
  ],
])('an approval is not for %s with the same arguments', async (_, first, second) => {
  const narrow = await startProxy({ config: { hold: { budgetMs: 1 } } })
  narrow.control.addUpstream('files', upstream.url)
  narrow.decision.outcomes.set(ACTION, 'hold').set('mcp.rpc.unknown', 'hold')

  for (const call of [first, second]) await (await post(narrow, { ...call, jsonrpc: '2.0', id: 1 })).text()

  const [one, other] = narrow.approvals.all()
  expect(other?.binding.argsDigest).not.toBe(one?.binding.argsDigest)
  expect(JSON.stringify(other?.arguments)).toMatch(/drop|task/)
  await narrow.stop()
})

test('a client that takes only JSON gets the pending answer when its time is up', async () => {
  const impatient = await startProxy({ config: { hold: { budgetMs: 1 } } })
  impatient.control.addUpstream('files', upstream.url)
  impatient.decision.outcomes.set(ACTION, 'hold')

  const response = await post(impatient, toolCall('create_issue', ARGUMENTS), { accept: 'application/json' })

  expect(response.headers.get('content-type')).toBe('application/json')
  const { result } = (await response.json()) as { result: { isError: boolean; content: unknown } }
  expect(result.isError).toBe(true)
  expect(JSON.stringify(result.content)).toContain('with the same arguments')
  await impatient.stop()
})

test('progress of the call goes on from what was sent while it waited', async () => {
  const eager = await startProxy({ config: { hold: { progressMs: 5 } } })
  eager.control.addUpstream('files', upstream.url)
  eager.decision.outcomes.set(ACTION, 'hold')
  const caller = await startAgent(eager)
  const values: number[] = []
  const waited = Promise.withResolvers<void>()
  const requested = eager.approvals.next()

  const answer = caller.client.callTool({ name: 'create_issue', arguments: ARGUMENTS }, undefined, {
    onprogress: ({ progress }) => {
      values.push(progress)
      if (values.length === 3) waited.resolve()
    },
  })
  const { approvalId } = await requested
  await waited.promise
  eager.approvals.vote(approvalId, 'approve', 'dana')
  await answer

  expect(values.length).toBeGreaterThan(3)
  expect(values).toEqual([...new Set(values)].sort((a, b) => a - b))
  await caller.stop()
  await eager.stop()
})

test('a gateway holds no more calls than it may', async () => {
  const narrow = await startProxy({ config: { hold: { maxPerGateway: 1 } } })
  narrow.control.addUpstream('files', upstream.url)
  narrow.decision.outcomes.set(ACTION, 'hold')
  const caller = await startAgent(narrow)
  const requested = narrow.approvals.next()
  const first = caller.client.callTool({ name: 'create_issue', arguments: ARGUMENTS })
  const { approvalId } = await requested

  const second = await caller.client.callTool({ name: 'create_issue', arguments: { title: 'another' } })

  expect(JSON.stringify(second.content)).toContain('limit: held calls')
  narrow.approvals.vote(approvalId, 'deny', 'dana')
  await first
  const third = narrow.approvals.next()
  const again = caller.client.callTool({ name: 'create_issue', arguments: ARGUMENTS })
  narrow.approvals.vote((await third).approvalId, 'approve', 'dana')
  expect((await again).isError).toBeUndefined()
  await caller.stop()
  await narrow.stop()
})
