import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { govern, type World } from './world.ts'

const CLI = fileURLToPath(new URL('../../../cli/bin/sallyport.js', import.meta.url))

/** The record: the timeline, its search, the command line over it, the documents of the API. */
export function record(world: () => World): void {
  const cli = async (...args: string[]) => {
    const { composition } = world()
    const child = spawn(process.execPath, [
      CLI,
      ...args,
      args.slice(0, 2).join(' ') === 'upstream add' ? '--api-url' : '--url',
      composition.api,
      '--token',
      composition.adminToken,
    ])
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk) => {
      out += chunk
    })
    child.stderr.on('data', (chunk) => {
      err += chunk
    })
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
    return { out, err, code }
  }

  test('words in the arguments find the call, words that are not there find nothing', async () => {
    const governed = await govern(world(), world().everything.url, { 'mcp.tools.echo': 'allow' })
    const agent = await governed.connect()
    const word = `quokka${Date.now()}`
    await agent.call('echo', { message: `please find the ${word} here` })
    const found = await world().api.timeline(governed.gateway, (all) => all.length > 0, `${word} find`)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ action: 'mcp.tools.echo', verdict: 'allow' })
    const page = await world().api.client.get<{ items: unknown[] }>('/v1/timeline', {
      search: `${word} absent`,
    })
    expect(page.items).toEqual([])
    await agent.close()
  })

  test('a secret in the arguments is not in the record', async () => {
    const governed = await govern(world(), world().everything.url, { 'mcp.tools.echo': 'allow' })
    const agent = await governed.connect()
    const secret = ['ghp', 'R4nd0mLooking0123456789abcdefABCDEF12'].join('_')
    await agent.call('echo', { message: `use ${secret} for it`, password: 'hunter22' })
    const items = await world().api.timeline(governed.gateway, (all) =>
      all.some((item) => item.action === 'mcp.tools.echo'),
    )
    const story = await world().api.client.get(
      `/v1/actions/${items.find((item) => item.action === 'mcp.tools.echo')?.actionId}`,
    )
    expect(JSON.stringify([items, story])).not.toContain(secret)
    expect(JSON.stringify([items, story])).not.toContain('hunter22')
    await agent.close()
  })

  test('the command line tells the story in the documented form', async () => {
    const governed = await govern(world(), world().everything.url, { 'mcp.tools.get-*': 'allow' })
    const agent = await governed.connect()
    await agent.call('get-sum', { a: 2, b: 3 })
    await agent.call('echo', { message: 'no' })
    await world().api.timeline(
      governed.gateway,
      (all) =>
        all.some((item) => item.action === 'mcp.tools.get-sum' && item.outcome !== null) &&
        all.some((item) => item.verdict === 'deny'),
    )
    const { out, code } = await cli('log', '--gateway', governed.gateway)
    expect(code).toBe(0)
    expect(out).toMatch(
      new RegExp(
        `^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d[+-]\\d\\d:\\d\\d \\| ${governed.gateway} \\| ${governed.upstream} \\| mcp\\.tools\\.get-sum +\\| ALLOW \\| \\d+ms$`,
        'm',
      ),
    )
    expect(out).toMatch(/mcp\.tools\.echo +\| DENY {2}\| \d+ms \(no permission\)$/m)
    const json = await cli('log', '--gateway', governed.gateway, '--verdict', 'deny', '--json')
    expect(JSON.parse(json.out)).toMatchObject({ items: [{ action: 'mcp.tools.echo', verdict: 'deny' }] })
    await agent.close()
  })

  test('what is administered is in the timeline with who, when and why, and can be followed', async () => {
    const { gateway, upstream } = await govern(world(), world().everything.url, { 'mcp.tools.*': 'deny' })
    const scope = `gateway:${gateway}`
    const on = await cli('kill', 'on', '--scope', scope, '--reason', 'it deletes too much')
    expect(on.code).toBe(0)
    expect((await cli('kill', 'off', '--scope', scope)).code).toBe(0)
    const acts = async () => {
      const { out } = await cli('log', '--kind', 'admin', '--gateway', gateway, '--json')
      return (JSON.parse(out) as { items: readonly object[] }).items
    }
    await expect.poll(async () => (await acts()).length, { timeout: 20_000 }).toBe(4)
    expect(await acts()).toMatchObject([
      { act: 'kill_switch.set', summary: `kill switch off for ${scope}`, reason: null, effect: 'done' },
      {
        act: 'kill_switch.set',
        by: { name: expect.any(String) },
        at: expect.any(String),
        summary: `kill switch on for ${scope}`,
        reason: 'it deletes too much',
      },
      { act: 'permission.set', summary: expect.stringContaining('deny mcp.tools.*') },
      { act: 'gateway.added' },
    ])
    const { out } = await cli('log', '--kind', 'admin', '--upstream', upstream)
    expect(out).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d \| \S+ +\| ADMIN \| upstream /m)
    expect((await cli('log', '--kind', 'admin', '--gateway', `${gateway}x`)).code).toBe(3)
  })

  test('a hold in the log tells how it ended, and its story is told whole', async () => {
    const governed = await govern(world(), world().everything.url, { 'mcp.tools.echo': 'require_approval' })
    const agent = await governed.connect()
    const called = agent.call('echo', { message: 'held' })
    const { approvalId } = await world().api.waiting(governed.gateway)
    await world().api.vote(approvalId, 'deny', 'not today')
    await called.catch(() => {})
    const line = async () => (await cli('log', '--gateway', governed.gateway, '--verdict', 'hold')).out
    await expect
      .poll(line, { timeout: 20_000 })
      .toMatch(/mcp\.tools\.echo +\| HOLD {2}\| denied by \S+ after /)
    const story = await cli('log', 'show', approvalId)
    expect(story.out).toContain('"message":"held"')
    expect(story.out).toMatch(/answers: deny \(not today\)/)
    const listed = await cli('approvals', 'list', '--status', 'denied', '--gateway', governed.gateway)
    expect(listed.out).toMatch(/ by \S+ \(not today\)$/m)
    await agent.close()
  })

  test('an upstream that is added is asked what it is, from the proxy', async () => {
    const name = `probed-${Date.now()}`
    const added = await cli('upstream', 'add', name, '--url', world().everything.url)
    expect(added).toMatchObject({ code: 0, err: '' })
    expect(added.out).toMatch(new RegExp(`^${name} answers as .*everything.*, MCP [\\d-]+: \\d+ tools`, 'm'))
    const gone = await cli('upstream', 'add', `${name}-gone`, '--url', 'http://127.0.0.1:1/mcp')
    expect(gone.code).toBe(0)
    expect(gone.err).toContain('ECONNREFUSED')
  })

  test('commands print one object, exit with codes, and print problems as the API has them', async () => {
    const name = `cli-${Date.now()}`
    const added = await cli('gateway', 'add', name, '--json')
    expect(JSON.parse(added.out)).toMatchObject({
      id: expect.any(String),
      name,
      token: expect.stringMatching(/^sp_gw_/),
    })
    const again = await cli('gateway', 'add', name, '--json')
    expect(again.code).toBe(5)
    expect(JSON.parse(again.err)).toMatchObject({ status: 409, code: expect.stringMatching(/^SP_/) })
    expect((await cli('approvals', 'show', '0198c0de-0000-7000-8000-000000000000')).code).toBe(3)
    expect((await cli('approvals', 'show', 'nothing')).code).toBe(2)
    expect(
      (await cli('permissions', 'set', '--gateway', name, '--action', 'mcp tools', '--decision', 'allow'))
        .code,
    ).toBe(2)
    const status = await cli('status', '--json')
    expect(JSON.parse(status.out)).toMatchObject({ status: 'ok' })
  })

  test('the demo runs the tour by itself', async () => {
    const { out, err, code } = await cli('demo', '--proxy', world().composition.proxies[0] as string)
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toMatch(/read_text_file +\| ALLOW \| \d+ms/)
    expect(out).toMatch(/create_directory +\| HOLD {2}\| waiting\.\.\./)
    expect(out).toMatch(/create_directory +\| ALLOW \| \d+ms \(approved by demo-dana-/)
    expect(out).toMatch(/delete_file +\| DENY {2}\| \d+ms \(permission mcp\.tools\.delete_\*\)/)
  })

  test('scopes: an analyst reads and may neither vote nor change a permission', async () => {
    const issued = await world().api.client.write<{ token: string }>('POST', '/v1/tokens', {
      name: `ana-${Date.now()}`,
      scope: 'analyst',
    })
    await world().composition.inForce()
    const as = (method: string, path: string, body?: object) =>
      fetch(world().composition.api + path, {
        method,
        headers: { authorization: `Bearer ${issued.token}`, 'content-type': 'application/json' },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
    expect((await as('GET', '/v1/timeline')).status).toBe(200)
    expect((await as('GET', '/v1/summary')).status).toBe(200)
    const put = await as('PUT', '/v1/permissions', {
      gateway: '*',
      connector: '*',
      action: '*',
      decision: 'allow',
    })
    expect(put.status).toBe(403)
    expect(put.headers.get('content-type')).toMatch(/application\/problem\+json/)
    expect((await as('POST', '/v1/approvals/x/approve', {})).status).toBe(403)
    expect((await fetch(`${world().composition.api}/v1/timeline`)).status).toBe(401)
  })

  test('one OpenAPI document names every part of the API, and there is a page for people', async () => {
    const document = (await (await fetch(`${world().composition.api}/openapi.json`)).json()) as {
      paths: Record<string, unknown>
    }
    for (const path of [
      '/v1/gateways',
      '/v1/permissions',
      '/v1/kill-switch',
      '/v1/approvals',
      '/v1/timeline',
      '/v1/summary',
    ]) {
      expect(document.paths).toHaveProperty([path])
    }
    const page = await fetch(`${world().composition.api}/docs`)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toMatch(/text\/html/)
  })
}
