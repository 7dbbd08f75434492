import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ApiProblem } from '@sallyport/cli'
import { expect, test } from 'vitest'
import { textOf } from '../support/agent.ts'
import { govern, type World } from './world.ts'

const HELD = { 'mcp.tools.create_*': 'require_approval', 'mcp.tools.read_*': 'allow' } as const

/** A call that waits for a person, and everything that can happen to it meanwhile. */
export function heldCalls(world: () => World): void {
  const folderOf = (name: string) =>
    join(world().files.folder, `${name}-${Math.random().toString(36).slice(2)}`)

  test('an approved call is executed once, and the agent gets the real answer', async () => {
    const governed = await govern(world(), world().files.url, HELD)
    const agent = await governed.connect()
    const path = folderOf('approved')
    const call = agent.call('create_directory', { path })
    const approval = await world().api.waiting(governed.gateway)
    expect(existsSync(path)).toBe(false)
    expect(JSON.stringify(approval.arguments)).toContain(path)
    const dana = await world().api.approver(`dana-${governed.gateway}`)
    await dana.vote(approval.approvalId, 'approve', 'fine')
    const result = await call
    expect(result.isError ?? false).toBe(false)
    expect(existsSync(path)).toBe(true)
    const items = await world().api.timeline(governed.gateway, (all) =>
      all.some((item) => item.answeredBy && item.outcome),
    )
    const [resumed, held] = items.filter((item) => item.action === 'mcp.tools.create_directory')
    expect(held).toMatchObject({ verdict: 'hold', actionId: resumed?.actionId })
    expect(resumed).toMatchObject({ verdict: 'allow', outcome: 'ok', answeredBy: `dana-${governed.gateway}` })
    const consumed = await world().api.client.get(`/v1/approvals/${approval.approvalId}`)
    expect(consumed).toMatchObject({ status: 'consumed' })
    await agent.close()
  })

  test('a denied call tells the agent who said no and why, and executes nothing', async () => {
    const governed = await govern(world(), world().files.url, HELD)
    const agent = await governed.connect()
    const path = folderOf('denied')
    const call = agent.call('create_directory', { path })
    const approval = await world().api.waiting(governed.gateway)
    const sam = await world().api.approver(`sam-${governed.gateway}`)
    await sam.vote(approval.approvalId, 'deny', 'not on a Friday')
    const result = await call
    expect(result.isError).toBe(true)
    expect(textOf(result)).toContain(`sam-${governed.gateway}`)
    expect(textOf(result)).toContain('not on a Friday')
    expect(existsSync(path)).toBe(false)
    await agent.close()
  })

  test('of two people who answer at the same moment one wins, and the other learns who', async () => {
    const governed = await govern(world(), world().files.url, HELD)
    const agent = await governed.connect()
    const path = folderOf('raced')
    const call = agent.call('create_directory', { path })
    const approval = await world().api.waiting(governed.gateway)
    const people = await Promise.all(
      [1, 2].map((n) => world().api.approver(`racer-${n}-${governed.gateway}`)),
    )
    const answers = await Promise.allSettled(
      people.map((person) => person.vote(approval.approvalId, 'approve')),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected'])
    const lost = answers.find((answer) => answer.status === 'rejected')?.reason
    expect(lost).toBeInstanceOf(ApiProblem)
    expect((lost as ApiProblem).problem.status).toBe(409)
    expect((lost as ApiProblem).problem.detail).toMatch(new RegExp(`racer-[12]-${governed.gateway}`))
    expect((await call).isError ?? false).toBe(false)
    expect(existsSync(path)).toBe(true)
    await agent.close()
  })

  test('a call repeated while it waits attaches to the same approval, and one answer runs it once', async () => {
    const governed = await govern(world(), world().files.url, HELD)
    const first = await governed.connect()
    const second = await governed.connect(world().composition.proxies.length - 1)
    const path = folderOf('repeated')
    const calls = [first.call('create_directory', { path })]
    const approval = await world().api.waiting(governed.gateway)
    calls.push(second.call('create_directory', { path }))
    await world().api.timeline(
      governed.gateway,
      (all) => all.filter((item) => item.verdict === 'hold').length === 2,
    )
    const page = await world().api.client.get<{ items: unknown[] }>('/v1/approvals', {
      gateway: governed.gateway,
    })
    expect(page.items).toHaveLength(1)
    await world().api.vote(approval.approvalId, 'approve')
    const done = await Promise.any(
      calls.map(async (call) => ((await call).isError ? Promise.reject() : call)),
    )
    expect(done.isError ?? false).toBe(false)
    expect(existsSync(path)).toBe(true)
    await Promise.all([first.client.close(), second.client.close()])
    await Promise.allSettled(calls)
  })

  test('an approval outlives the client that asked: the repeated call is executed without asking again', async () => {
    const governed = await govern(world(), world().files.url, HELD)
    const path = folderOf('returned')
    const gone = await governed.connect()
    const lost = gone.call('create_directory', { path }).catch(() => 'gone')
    const approval = await world().api.waiting(governed.gateway)
    await gone.client.close()
    await lost
    await world().api.vote(approval.approvalId, 'approve')
    expect(existsSync(path)).toBe(false)
    const back = await governed.connect()
    const result = await back.call('create_directory', { path })
    expect(result.isError ?? false).toBe(false)
    expect(existsSync(path)).toBe(true)
    const after = await world().api.client.get(`/v1/approvals/${approval.approvalId}`)
    expect(after).toMatchObject({ status: 'consumed' })
    await back.close()
  })

  test('an approval that nobody used ends with its gateway, and says so', async () => {
    const governed = await govern(world(), world().files.url, HELD)
    const { client } = world().api
    const agent = await governed.connect()
    const call = agent.call('create_directory', { path: folderOf('revoked') }).catch(() => 'gone')
    const { approvalId } = await world().api.waiting(governed.gateway)
    await agent.close()
    await call
    const dana = await world().api.approver(`dana-${governed.gateway}`)
    expect((await dana.vote(approvalId, 'approve')).status).toBe('approved')

    await client.write('DELETE', `/v1/gateways/${governed.gateway}`)

    await expect
      .poll(() => client.get(`/v1/approvals/${approvalId}`), { timeout: 10_000 })
      .toMatchObject({
        status: 'revoked',
        cancellation: { actor: { name: 'approvals' }, reason: `gateway ${governed.gateway} was revoked` },
      })
  })

  test('an approval is for these arguments only', async () => {
    const governed = await govern(world(), world().files.url, HELD)
    const path = folderOf('exact')
    const agent = await governed.connect()
    const asked = agent.call('create_directory', { path })
    const approval = await world().api.waiting(governed.gateway)
    const other = agent.call('create_directory', { path: `${path}-other` })
    await world().api.timeline(
      governed.gateway,
      (all) => all.filter((item) => item.verdict === 'hold').length === 2,
    )
    await world().api.vote(approval.approvalId, 'approve')
    expect((await asked).isError ?? false).toBe(false)
    expect(existsSync(`${path}-other`)).toBe(false)
    const page = await world().api.client.get<{ items: { approvalId: string }[] }>('/v1/approvals', {
      gateway: governed.gateway,
    })
    expect(page.items).toHaveLength(1)
    await world().api.vote((page.items[0] as { approvalId: string }).approvalId, 'deny')
    expect((await other).isError).toBe(true)
    await agent.close()
  })

  test('the kill switch stops what is new and what is held, and lets go again', async () => {
    const governed = await govern(world(), world().files.url, HELD)
    const agent = await governed.connect()
    const path = folderOf('killed')
    const held = agent.call('create_directory', { path })
    await world().api.waiting(governed.gateway)
    const scope = `gateway:${governed.gateway}`
    await world().api.client.write('PUT', '/v1/kill-switch', { scope, on: true, reason: 'drill' })
    const stopped = await held
    expect(stopped.isError).toBe(true)
    expect(textOf(stopped)).toMatch(/kill/i)
    expect(existsSync(path)).toBe(false)
    const fresh = await agent.call('read_text_file', { path })
    expect(textOf(fresh)).toMatch(/kill/i)
    await world().api.client.write('PUT', '/v1/kill-switch', { scope, on: false, reason: null })
    await expect
      .poll(async () => textOf(await agent.call('list_allowed_directories')), { timeout: 5000 })
      .toMatch(/no permission/)
    await agent.close()
  })
}
