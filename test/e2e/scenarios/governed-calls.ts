import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { textOf } from '../support/agent.ts'
import { startRecorder } from '../support/upstreams.ts'
import { type Governed, govern, type World } from './world.ts'

/** Allow, deny, no permission: the verdicts for an agent that never has to wait. */
export function governedCalls(world: () => World): void {
  /** One message as an agent's bytes, with its token unless the headers say otherwise. */
  const post = (governed: Governed, body: string, headers: Record<string, string | undefined> = {}) => {
    const all = {
      authorization: `Bearer ${governed.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    }
    const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
    return fetch(`${world().composition.proxies[0]}/mcp/${governed.upstream}`, {
      method: 'POST',
      headers: sent,
      body,
    })
  }

  test('an allowed read reaches the real filesystem server and its answer comes back whole', async () => {
    const { files } = world()
    const path = join(files.folder, 'poem.txt')
    writeFileSync(path, 'Zwischen zwei Türen ✓\n')
    const agent = await (await govern(world(), files.url, { 'mcp.tools.read_*': 'allow' })).connect()
    const { tools } = await agent.client.listTools()
    expect(tools.map((tool) => tool.name)).toContain('read_text_file')
    expect(textOf(await agent.call('read_text_file', { path }))).toBe('Zwischen zwei Türen ✓\n')
    await agent.close()
  })

  test('progress of a long call arrives while it runs, before its result', async () => {
    const governed = await govern(world(), world().everything.url, { 'mcp.tools.trigger-*': 'allow' })
    const agent = await governed.connect()
    const seen: number[] = []
    const result = await agent.client.callTool(
      { name: 'trigger-long-running-operation', arguments: { duration: 1, steps: 4 } },
      undefined,
      { onprogress: (progress) => seen.push(progress.progress) },
    )
    expect(seen.length).toBeGreaterThanOrEqual(3)
    expect(JSON.stringify(result)).toMatch(/completed/i)
    await agent.close()
  })

  test('a denied call names its rule, and the server never sees it', async () => {
    const { files } = world()
    const path = join(files.folder, 'never')
    const governed = await govern(world(), files.url, {
      'mcp.tools.*': 'allow',
      'mcp.tools.create_*': 'deny',
    })
    const agent = await governed.connect()
    const result = await agent.call('create_directory', { path })
    expect(result.isError).toBe(true)
    expect(textOf(result)).toContain('permission mcp.tools.create_*')
    expect(existsSync(path)).toBe(false)
    await agent.close()
  })

  test('nothing means deny: a new agent is shown no tools and may use none', async () => {
    const agent = await (await govern(world(), world().everything.url, {})).connect()
    expect((await agent.client.listTools()).tools).toEqual([])
    const result = await agent.call('echo', { message: 'hello' })
    expect(result.isError).toBe(true)
    expect(textOf(result)).toContain('no permission')
    await expect(agent.client.readResource({ uri: 'demo://nothing' })).rejects.toThrow(/no permission/)
    await agent.close()
  })

  test('the agent token stays here and only known headers go upstream', async () => {
    const recorder = await startRecorder()
    const governed = await govern(world(), recorder.url, { 'mcp.*': 'allow' })
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'x', arguments: {} },
    })
    const response = await post(governed, body, {
      cookie: 'session=secret',
      'x-forwarded-for': '203.0.113.9',
    })
    expect(response.status).toBe(200)
    expect(recorder.requests).toHaveLength(1)
    const sent = JSON.stringify(recorder.requests[0])
    expect(sent).not.toContain(governed.token)
    expect(sent).not.toContain('session=secret')
    expect(sent).not.toContain('203.0.113.9')
    await recorder.stop()
  })

  test.each([
    ['no token', { authorization: undefined }, 401],
    ['a token nobody has', { authorization: 'Bearer sp_gw_nobody' }, 401],
  ])('%s: nothing is forwarded', async (_, headers, status) => {
    const recorder = await startRecorder()
    const governed = await govern(world(), recorder.url, { 'mcp.*': 'allow' })
    const response = await post(governed, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}', headers)
    expect(response.status).toBe(status)
    expect(recorder.requests).toHaveLength(0)
    await recorder.stop()
  })

  test.each([
    [
      'a duplicate method',
      '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"x"}}',
    ],
    [
      'an escaped duplicate',
      '{"jsonrpc":"2.0","id":1,"method":"tools/list","\\u006dethod":"tools/call","params":{"name":"x"}}',
    ],
    ['a key that folds to another', '{"jsonrpc":"2.0","id":1,"method":"tools/list","Method":"tools/call"}'],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]'],
    ['not JSON at all', 'tools/call please'],
  ])('%s is refused with a reason, recorded, and never forwarded', async (_, body) => {
    const recorder = await startRecorder()
    const governed = await govern(world(), recorder.url, { 'mcp.*': 'allow' })
    const response = await post(governed, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ jsonrpc: '2.0', error: { message: expect.any(String) } })
    expect(recorder.requests).toHaveLength(0)
    const items = await world().api.timeline(governed.gateway, (all) => all.length > 0)
    expect(items[0]).toMatchObject({ action: 'mcp.rpc.unknown', verdict: 'deny' })
    await recorder.stop()
  })

  test('an upstream that is not there is an error the agent understands, and on record', async () => {
    const recorder = await startRecorder()
    const governed = await govern(world(), recorder.url, { 'mcp.*': 'allow' })
    await post(governed, '{"jsonrpc":"2.0","id":6,"method":"tools/list"}')
    await recorder.stop()
    const response = await post(
      governed,
      '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"read_x","arguments":{}}}',
    )
    const answer = await response.text()
    expect(answer).toContain('"id":7')
    expect(answer).toMatch(/upstream/i)
    const items = await world().api.timeline(governed.gateway, (all) =>
      all.some((item) => item.outcome === 'upstream_error'),
    )
    expect(items[0]).toMatchObject({
      action: 'mcp.tools.read_x',
      verdict: 'allow',
      outcome: 'upstream_error',
    })
  })

  test('a revoked agent and a rotated token end at once', async () => {
    const governed = await govern(world(), world().everything.url, { 'mcp.tools.echo': 'allow' })
    const agent = await governed.connect()
    expect(textOf(await agent.call('echo', { message: 'one' }))).toContain('one')
    await world().api.client.write('POST', `/v1/gateways/${governed.gateway}/rotate`)
    await expect
      .poll(() =>
        agent.call('echo', { message: 'two' }).then(
          () => 'answered',
          () => 'refused',
        ),
      )
      .toBe('refused')
    await agent.close().catch(() => {})
  })
}
