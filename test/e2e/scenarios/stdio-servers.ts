import { randomUUID } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connectAgent } from '../support/agent.ts'
import { npmServer, startWrapper, TROUBLED, type Wrapper } from '../support/wrapper.ts'
import type { World } from './world.ts'

const RULES = {
  'mcp.tools.read_*': 'allow',
  'mcp.tools.create_*': 'require_approval',
  'mcp.tools.echo': 'allow',
  'mcp.tools.pid': 'allow',
  'mcp.tools.die': 'allow',
} as const

/** Servers that speak stdio: beside their client under `sallyport mcp`, and run by the proxy for remote clients. */
export function stdioServers(world: () => World): void {
  const agent = async () => {
    const { api, composition } = world()
    const { name, token } = await api.addGateway()
    for (const [action, decision] of Object.entries(RULES)) await api.permit(name, action, decision)
    await composition.inForce()
    return { name, token }
  }
  const wrap = ({ token }: { token: string }, command: readonly string[], proxy = 0): Promise<Wrapper> => {
    const { composition } = world()
    const env = {
      SALLYPORT_PROXY_URL: composition.proxies[proxy] as string,
      SALLYPORT_GATEWAY_TOKEN: token,
      SALLYPORT_URL: composition.api,
      SALLYPORT_TOKEN: composition.adminToken,
    }
    return startWrapper({ command, env, args: ['--name', `files-${randomUUID().slice(0, 8)}`] })
  }

  test('a wrapped server is governed: allowed, denied and held until a person approves', async () => {
    const { api, files, composition } = world()
    const gateway = await agent()
    const wrapper = await wrap(
      gateway,
      npmServer('server-filesystem', files.folder),
      composition.proxies.length - 1,
    )
    const path = join(files.folder, randomUUID())
    writeFileSync(`${path}.txt`, 'hello')
    expect(await wrapper.said('read_text_file', { path: `${path}.txt` })).toBe('hello')
    expect(await wrapper.said('write_file', { path: `${path}.txt`, content: 'no' })).toContain('denied')
    const call = wrapper.said('create_directory', { path })
    const approval = await api.waiting(gateway.name)
    expect(existsSync(path)).toBe(false)
    const dana = await api.approver(`dana-${gateway.name}`)
    await dana.vote(approval.approvalId, 'approve')
    expect(await call).toContain('Successfully created')
    expect(existsSync(path)).toBe(true)
    const items = await api.timeline(gateway.name, (all) =>
      all.some(({ action, outcome }) => action === 'mcp.tools.create_directory' && outcome !== null),
    )
    expect(items.find(({ action }) => action === 'mcp.tools.write_file')).toMatchObject({ verdict: 'deny' })
    await wrapper.stop()
  })

  test('a wrapped server that begins with a byte order mark is heard at once', async () => {
    const gateway = await agent()
    const marked = ['/bin/sh', '-c', `printf '\\357\\273\\277'; exec "$0" "$@"`, ...TROUBLED]
    const wrapper = await wrap(gateway, marked)
    expect(Number(await wrapper.said('pid'))).toBeGreaterThan(0)
    await wrapper.stop()
  })

  test('a wrapped server that dies during a call is an error to its client, and on the record', async () => {
    const { api } = world()
    const gateway = await agent()
    const wrapper = await wrap(gateway, TROUBLED)
    await expect(wrapper.said('die')).rejects.toThrow(/gone/)
    const items = await api.timeline(gateway.name, (all) =>
      all.some(({ action, outcome }) => action === 'mcp.tools.die' && outcome !== null),
    )
    expect(items.find(({ action }) => action === 'mcp.tools.die')).toMatchObject({
      outcome: 'upstream_error',
    })
    await wrapper.stop()
  })

  test('a remote client calls a server that the proxy runs, through any proxy, and keeps its session', async () => {
    const { api, composition } = world()
    const gateway = await agent()
    const name = `run-${randomUUID().slice(0, 8)}`
    const target = { kind: 'stdio', command: TROUBLED, env: [], cwd: null }
    await api.client.write('POST', '/v1/upstreams', { connector: 'mcp', name, target })
    await composition.inForce()
    const client = await connectAgent(composition.proxies[0] as string, name, gateway.token)
    const pid = (await client.call('pid', {})) as { content: { text: string }[] }
    expect(Number(pid.content[0]?.text)).toBeGreaterThan(0)
    // Each request may come to another proxy; the child is one proxy's.
    for (const proxy of composition.proxies) {
      const response = await fetch(`${proxy}/mcp/${name}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${gateway.token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-session-id': client.sessionId ?? '',
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 7,
          method: 'tools/call',
          params: { name: 'pid', arguments: {} },
        }),
      })
      expect(await response.text()).toContain(pid.content[0]?.text)
    }
    await expect(client.call('die', {})).rejects.toThrow(/gone/)
    // Its server is gone; the session is begun anew behind it.
    const again = (await client.call('pid', {})) as { content: { text: string }[] }
    expect(again.content[0]?.text).not.toBe(pid.content[0]?.text)
    await client.close()
    await api.client.write('DELETE', `/v1/upstreams/${name}`)
  })
}
