import { join } from 'node:path'
import { ApiProblem } from '@sallyport/cli'
import { expect, test } from 'vitest'
import { type Agent, connectAgent, textOf } from '../support/agent.ts'
import { type Governed, govern, type World } from './world.ts'

/** Rights and stops of one upstream, and of its kind. */
export function upstreamsAndKinds(world: () => World): void {
  const client = () => world().api.client
  const permit = (governed: Governed, reach: object, decision: string) =>
    client().write('PUT', '/v1/permissions', {
      gateway: governed.gateway,
      action: 'mcp.tools.list_*',
      decision,
      ...reach,
    })
  const register = (name: string) =>
    client().write<{ id: string }>('POST', '/v1/upstreams', {
      connector: 'mcp',
      name,
      target: { kind: 'http', url: world().files.url },
      credential: null,
    })
  const listed = async (agent: Agent) =>
    textOf(await agent.call('list_directory', { path: join(world().files.folder) }))

  test('a permission for one upstream wins over one for its kind', async () => {
    const governed = await govern(world(), world().files.url, {})
    await permit(governed, { connector: 'mcp' }, 'deny')
    await permit(governed, { upstream: governed.upstream }, 'allow')
    await world().composition.inForce()
    const agent = await governed.connect()
    expect(await listed(agent)).not.toMatch(/policy/)
    await agent.close()

    const other = await world().api.addUpstream(world().files.url)
    await world().composition.inForce()
    const elsewhere = await connectAgent(world().composition.proxies[0] as string, other, governed.token)
    expect(await listed(elsewhere)).toMatch(/mcp\.tools\.list_\*/)
    await elsewhere.close()
  })

  test('an upstream that gets the name of another one inherits no permission', async () => {
    const governed = await govern(world(), world().files.url, {})
    await permit(governed, { upstream: governed.upstream }, 'allow')
    await world().composition.inForce()
    const before = await governed.connect()
    expect(await listed(before)).not.toMatch(/no permission/)
    await before.close()

    await client().write('DELETE', `/v1/upstreams/${governed.upstream}`)
    await register(governed.upstream)
    await world().composition.inForce()
    const shown = await client().get(`/v1/upstreams/${governed.upstream}`)
    expect(shown).toMatchObject({ connector: 'mcp', path: `/mcp/${governed.upstream}`, permissions: [] })
    const after = await governed.connect()
    expect(await listed(after)).toMatch(/no permission/)
    await after.close()
  })

  test('the kill switch stops one upstream, or a whole kind, and nothing else', async () => {
    const governed = await govern(world(), world().files.url, { 'mcp.tools.list_*': 'allow' })
    const other = await world().api.addUpstream(world().files.url)
    await world().composition.inForce()
    const agent = await governed.connect()
    const elsewhere = await connectAgent(world().composition.proxies[0] as string, other, governed.token)
    const turn = async (scope: string, on: boolean) => {
      await client().write('PUT', '/v1/kill-switch', { scope, on, reason: null })
      await world().composition.inForce()
    }
    await turn(`upstream:${governed.upstream}`, true)
    expect(await listed(agent)).toContain(`kill_switch:upstream:${governed.upstream}`)
    expect(await listed(elsewhere)).not.toMatch(/kill_switch/)
    await turn(`upstream:${governed.upstream}`, false)
    await turn('connector:http', true)
    expect(await listed(agent)).not.toMatch(/kill_switch/)
    await turn('connector:http', false)
    await turn('connector:mcp', true)
    expect(await listed(agent)).toContain('kill_switch:connector:mcp')
    expect(await listed(elsewhere)).toContain('kill_switch:connector:mcp')
    await turn('connector:mcp', false)
    expect(await listed(agent)).not.toMatch(/kill_switch/)
    await agent.close()
    await elsewhere.close()
  })

  test('a scope of something that does not exist is refused with what exists', async () => {
    const put = (scope: string) =>
      client()
        .write('PUT', '/v1/kill-switch', { scope, on: true, reason: null })
        .catch((reason: unknown) => (reason instanceof ApiProblem ? reason.problem : undefined))
    const upstream = await world().api.addUpstream(world().files.url)
    expect(await put(`connector:${upstream}`)).toMatchObject({
      status: 404,
      detail: `there is no connector ${upstream}; what exists: http, mcp`,
    })
    expect(await put('upstream:nowhere')).toMatchObject({ status: 404, code: 'SP_UPSTREAM_NOT_REGISTERED' })
    expect(await put('tenant:x')).toMatchObject({ status: 400, code: 'SP_KILL_SWITCH_SCOPE_INVALID' })
  })

  test('the record has the kind as connector and the name as upstream', async () => {
    const governed = await govern(world(), world().files.url, { 'mcp.tools.list_*': 'allow' })
    const agent = await governed.connect()
    await listed(agent)
    await agent.close()
    const items = await world().api.timeline(governed.gateway, (all) => all.length > 0)
    for (const item of items) expect(item).toMatchObject({ connector: 'mcp', upstream: governed.upstream })
  })
}
