import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { textOf } from '../support/agent.ts'
import { govern, type World } from './world.ts'

const run = promisify(execFile)
const ACCESS = 'sallyport.request_access'

interface Facts {
  readonly message: string
  readonly outcome: string
  readonly allowed: readonly { readonly name: string }[]
  readonly access: { readonly tool: string | null }
  readonly retryAfterMs: number | null
  readonly approvalId: string | null
}

/** What agents are told of what was not carried out, through any transport. */
export function denials(world: () => World): void {
  const factsOf = (result: unknown) => (result as { readonly structuredContent?: Facts }).structuredContent

  test('a denied agent is told what it may use instead, in words and as structured content', async () => {
    const governed = await govern(world(), world().everything.url, { 'mcp.tools.get-*': 'allow' })
    const agent = await governed.connect()
    await agent.client.listTools()
    const denied = await agent.call('toggle-simulated-logging')
    expect(denied.isError).toBe(true)
    const facts = factsOf(denied)
    expect(facts).toMatchObject({ outcome: 'denied', because: 'policy', retry: 'after_change' })
    expect(facts?.message).toBe(textOf(denied))
    expect(facts?.allowed.map(({ name }) => name).join()).toMatch(/get-/)
    await agent.close()
  })

  test('curl that repeats a denied request gets 429 and the time to come back, and the record has it once', async () => {
    const { token, name: gateway } = await world().api.addGateway()
    const upstream = `api-${gateway}`
    await world().api.client.write('POST', '/v1/upstreams', {
      connector: 'http',
      name: upstream,
      target: { kind: 'http', url: world().everything.url },
      credential: null,
    })
    await world().composition.inForce()
    const statuses: string[] = []
    for (let n = 0; n < 6; n++) {
      const { stdout } = await run('curl', [
        '--silent',
        '--output',
        '/dev/null',
        '--write-out',
        '%{http_code} %header{retry-after}',
        '--request',
        'DELETE',
        '--header',
        `authorization: Bearer ${token}`,
        `${world().composition.proxies[0]}/http/${upstream}/users/7`,
      ])
      statuses.push(stdout.trim())
    }
    expect(statuses).toEqual(['403', '403', '403', '403', '403', '429 10'])
    const items = await world().api.timeline(gateway, (all) => all.length === 6)
    expect(items.every(({ verdict }) => verdict === 'deny')).toBe(true)
  })

  test('an agent asks for access; a person permits it and approves; the agent hears that it may go on', async () => {
    const governed = await govern(world(), world().everything.url, { [ACCESS]: 'require_approval' })
    const agent = await governed.connect()
    expect((await agent.client.listTools()).tools.map(({ name }) => name)).toEqual([ACCESS])
    expect(factsOf(await agent.call('echo', { message: 'one' }))?.access.tool).toBe(ACCESS)
    const asking = agent.call(ACCESS, { tool: 'echo', why: 'the user wants an echo' })
    const approval = await world().api.waiting(governed.gateway)
    expect(approval).toMatchObject({
      action: ACCESS,
      arguments: { tool: 'echo', why: 'the user wants an echo' },
    })
    await world().api.permit(governed.gateway, 'mcp.tools.echo', 'allow')
    await world().composition.inForce()
    await world().api.vote(approval.approvalId, 'approve', 'fine')
    const told = await asking
    expect(textOf(told)).toContain('You may use it now.')
    expect(textOf(await agent.call('echo', { message: 'two' }))).toContain('two')
    await agent.close()
  })

  test('a wish that is approved alone permits nothing, and where it is not offered nobody can wish', async () => {
    const governed = await govern(world(), world().everything.url, { [ACCESS]: 'require_approval' })
    const agent = await governed.connect()
    const asking = agent.call(ACCESS, { tool: 'echo', why: 'w' })
    const approval = await world().api.waiting(governed.gateway)
    await world().api.vote(approval.approvalId, 'approve')
    expect(textOf(await asking)).toContain('permits nothing by itself')
    expect((await agent.call('echo', { message: 'no' })).isError).toBe(true)
    await agent.close()
    const other = await (await govern(world(), world().everything.url, { '*': 'allow' })).connect()
    expect((await other.client.listTools()).tools.map(({ name }) => name)).not.toContain(ACCESS)
    expect((await other.call(ACCESS, { tool: 'echo', why: 'w' })).isError).toBe(true)
    await other.close()
  })
}
