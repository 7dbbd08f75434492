import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalog } from './scenarios/catalog.ts'
import { denials } from './scenarios/denials.ts'
import { editedApprovals } from './scenarios/edited-approvals.ts'
import { governedCalls } from './scenarios/governed-calls.ts'
import { grants } from './scenarios/grants.ts'
import { heldCalls } from './scenarios/held-calls.ts'
import { httpRequests } from './scenarios/http-requests.ts'
import { httpWithSse } from './scenarios/http-with-sse.ts'
import { record } from './scenarios/record.ts'
import { sessions } from './scenarios/sessions.ts'
import { stagedApprovals } from './scenarios/staged-approvals.ts'
import { statelessRevision } from './scenarios/stateless-revision.ts'
import { stdioServers } from './scenarios/stdio-servers.ts'
import { upstreamsAndKinds } from './scenarios/upstreams-and-kinds.ts'
import { govern, openWorld, type World } from './scenarios/world.ts'
import { connectAgent, textOf } from './support/agent.ts'
import { type FleetComposition, fleetEngines, startFleetComposition } from './support/fleet-composition.ts'
import { TROUBLED } from './support/wrapper.ts'

const available = fleetEngines.kafka.available && fleetEngines.nats.available

describe.skipIf(!available)('fleet', () => {
  let opened: World
  let composition: FleetComposition
  const world = () => opened
  const part = (name: string) => {
    const found = composition.fleet.processes.get(name)
    if (!found) throw new Error(`there is no ${name}`)
    return found
  }

  beforeAll(async () => {
    composition = await startFleetComposition()
    opened = await openWorld(composition)
  })
  afterAll(() => opened?.close())

  governedCalls(world)
  upstreamsAndKinds(world)
  heldCalls(world)
  stagedApprovals(world)
  editedApprovals(world)
  grants(world)
  denials(world)
  catalog(world)
  httpRequests(world)
  httpWithSse(world)
  statelessRevision(world)
  stdioServers(world)
  sessions(world)
  record(world)

  const held = { 'mcp.tools.create_*': 'require_approval' } as const

  test('the proxy that held a call dies: the repeated call goes through another one, once', async () => {
    const governed = await govern(world(), world().files.url, held)
    const path = join(world().files.folder, `orphaned-${governed.gateway}`)
    const first = await governed.connect(0)
    const lost = first.call('create_directory', { path }).catch(() => 'lost')
    const approval = await world().api.waiting(governed.gateway)
    await part('proxy-1').kill9()
    await world().api.vote(approval.approvalId, 'approve')
    const second = await governed.connect(1)
    const result = await second.call('create_directory', { path })
    expect(result.isError ?? false).toBe(false)
    expect(existsSync(path)).toBe(true)
    const used = await world().api.client.get(`/v1/approvals/${approval.approvalId}`)
    expect(used).toMatchObject({ status: 'consumed' })
    await Promise.all([second.close(), first.close()])
    await lost
    await part('proxy-1').restart()
  })

  test('the proxy that ran a stdio server dies: the session goes on through another one, with a new server', async () => {
    const { api } = world()
    const gateway = await api.addGateway()
    await api.permit(gateway.name, 'mcp.tools.pid', 'allow')
    const name = `orphan-${gateway.name}`
    const target = { kind: 'stdio', command: TROUBLED, env: [], cwd: null }
    await api.client.write('POST', '/v1/upstreams', { connector: 'mcp', name, target })
    await composition.inForce()
    const client = await connectAgent(composition.proxies[0] as string, name, gateway.token)
    const before = textOf(await client.call('pid'))
    await part('proxy-1').kill9()
    const answer = await fetch(`${composition.proxies[1]}/mcp/${name}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${gateway.token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': client.sessionId ?? '',
      },
      body: '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"pid","arguments":{}}}',
    })
    expect(answer.status).toBe(200)
    const text = await answer.text()
    expect(text).toMatch(/"text":"\d+"/)
    expect(text).not.toContain(`"${before}"`)
    await part('proxy-1').restart()
    await client.close()
    await api.client.write('DELETE', `/v1/upstreams/${name}`)
  })

  test('approvals restarts while a call is held: the call goes on when it is answered', async () => {
    const governed = await govern(world(), world().files.url, held)
    const path = join(world().files.folder, `restarted-${governed.gateway}`)
    const agent = await governed.connect(0)
    const call = agent.call('create_directory', { path })
    const approval = await world().api.waiting(governed.gateway)
    await part('approvals').kill9()
    await part('approvals').restart()
    await world().api.vote(approval.approvalId, 'approve')
    expect((await call).isError ?? false).toBe(false)
    expect(existsSync(path)).toBe(true)
    await agent.close()
  })

  test('a decision service dies: the other one goes on answering, by the same permissions', async () => {
    const governed = await govern(world(), world().everything.url, { 'mcp.tools.echo': 'allow' })
    const agent = await governed.connect(0)
    for (const name of ['decision-1', 'decision-2']) {
      await part(name).kill9()
      await expect
        .poll(async () => textOf(await agent.call('echo', { message: name })), { timeout: 5000 })
        .toContain(name)
      await part(name).restart()
    }
    await agent.close()
  })

  test('with every decision service gone calls are denied as a fault, and allowed again after', async () => {
    const governed = await govern(world(), world().everything.url, { 'mcp.tools.echo': 'allow' })
    const agents = await Promise.all(composition.proxies.map((_, index) => governed.connect(index)))
    await Promise.all(['decision-1', 'decision-2'].map((name) => part(name).kill9()))
    for (const agent of agents) {
      const denied = await agent.call('echo', { message: 'anyone?' })
      expect(denied.isError).toBe(true)
      expect(textOf(denied)).toMatch(/SP_DECISION_(TIMEOUT|UNAVAILABLE)/)
    }
    await Promise.all(['decision-1', 'decision-2'].map((name) => part(name).restart()))
    for (const agent of agents) {
      await expect
        .poll(async () => textOf(await agent.call('echo', { message: 'back' })), { timeout: 10_000 })
        .toContain('back')
      await agent.close()
    }
  })

  test('one page shows the health of the whole fleet, also while audit, which shows it else, is away', async () => {
    interface Page {
      readonly status: string
      readonly parts: Readonly<Record<string, { readonly status: string; readonly reason?: string }>>
    }
    const page = () => world().api.client.get<Page>('/v1/status')
    await expect.poll(async () => (await page()).status, { timeout: 20_000 }).toBe('ok')
    const rows = ['log', 'control', 'signals', 'approvals', 'decision', 'clickhouse', 'ingest', 'proxy-2']
    expect(Object.keys((await page()).parts)).toEqual(expect.arrayContaining(rows))

    await part('audit').kill9()
    await expect
      .poll(async () => (await page()).parts['audit'], { timeout: 20_000 })
      .toMatchObject({ status: 'down', reason: expect.stringContaining('nothing answers') })
    const without = await page()
    expect(without.status).toBe('down')
    expect(without.parts).toMatchObject({
      log: { status: 'ok' },
      signals: { status: 'ok' },
      'proxy-1': { status: 'ok' },
    })
    const front = composition.api
    expect((await fetch(`${front}/healthz`)).status).toBe(200)
    await expect.poll(async () => (await fetch(`${front}/readyz`)).status, { timeout: 20_000 }).toBe(503)
    await part('audit').restart()
    await expect.poll(async () => (await fetch(`${front}/readyz`)).status, { timeout: 30_000 }).toBe(200)
  })

  test('a permission set through one decision is in force in every proxy and decision', async () => {
    const governed = await govern(world(), world().everything.url, {})
    const agents = await Promise.all(composition.proxies.map((_, index) => governed.connect(index)))
    for (const agent of agents) expect((await agent.call('echo', { message: 'x' })).isError).toBe(true)
    await world().api.permit(governed.gateway, 'mcp.tools.echo', 'allow')
    for (const agent of agents) {
      await expect
        .poll(async () => (await agent.call('echo', { message: 'x' })).isError ?? false, { timeout: 10_000 })
        .toBe(false)
      await agent.close()
    }
  })
})
