import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { govern, openWorld } from './scenarios/world.ts'
import { connectAgent, textOf } from './support/agent.ts'
import { apiOf } from './support/api.ts'
import { startChanging } from './support/changing-upstream.ts'
import {
  exitOf,
  type Standalone,
  spawnNpmStart,
  spawnStandalone,
  startStandalone,
} from './support/standalone-composition.ts'
import { startFilesystem } from './support/upstreams.ts'
import { SALLYPORT } from './support/wrapper.ts'

const cleanup: (() => unknown)[] = []
const later = <T>(thing: T, end: (thing: T) => unknown): T => {
  cleanup.push(() => end(thing))
  return thing
}

afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step()
})

async function refused(
  environment: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const child = spawnStandalone(environment)
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output += chunk
  })
  return { code: await exitOf(child), output }
}

const standalone = async (options = {}): Promise<Standalone> =>
  later(await startStandalone(options), (one) => one.stop())

describe('starting standalone', () => {
  test('the first start prints the admin token and keeps it for its owner only; the second does not print it', async () => {
    const first = await standalone()
    expect(first.output()).toContain(first.adminToken)
    expect(statSync(join(first.folder, 'admin-token')).mode & 0o777).toBe(0o600)
    expect(statSync(join(first.folder, 'secret-key')).mode & 0o777).toBe(0o600)
    expect(statSync(join(first.folder, 'clickhouse')).mode & 0o777).toBe(0o700)
    await apiOf(first).addGateway('kept')
    expect(await first.end('SIGINT')).toBe(0)
    const second = await standalone({ folder: first.folder })
    expect(second.output()).not.toContain(first.adminToken)
    expect(second.output()).toMatch(/replayed [1-9]\d* events/)
    const page = await apiOf(second).client.get<{ items: { name: string }[] }>('/v1/gateways')
    expect(page.items.map((item) => item.name)).toEqual(['kept'])
  })

  test('what was accepted of a server survives a restart, and so does that it has changed', async () => {
    const upstream = later(await startChanging(), (one) => one.stop())
    const first = await standalone()
    const { token } = await apiOf(first).addGateway('kept')
    const name = await apiOf(first).addUpstream(upstream.url)
    await apiOf(first).permit('kept', 'mcp.*', 'allow')
    const before = await connectAgent(first.proxies[0] as string, name, token)
    expect(textOf(await before.call('send_note', { text: 'one' }))).toBe('sent one')
    await before.close()
    expect(await first.end('SIGKILL')).toBeNull()
    upstream.describe('Sends a note to somebody else')
    const second = await standalone({
      folder: first.folder,
      environment: { SALLYPORT_HOLD_BUDGET_MS: '200' },
    })
    const after = await connectAgent(second.proxies[0] as string, name, token)
    await after.client.listTools()
    expect(textOf(await after.call('send_note', { text: 'two' }))).toContain('needs a person')
    expect(upstream.sent()).toBe(1)
    await after.close()
  })

  test('a taken port is told in one line that names the variable', async () => {
    const blocker = createServer()
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
    later(blocker, (server) => server.close())
    const folder = later(mkdtempSync(join(tmpdir(), 'sallyport-e2e-')), (path) =>
      rmSync(path, { recursive: true }),
    )
    const { port } = blocker.address() as { port: number }
    for (const variable of ['SALLYPORT_PROXY_LISTEN', 'SALLYPORT_API_LISTEN']) {
      const { code, output } = await refused({ SALLYPORT_DATA: folder, [variable]: `127.0.0.1:${port}` })
      expect(code).toBe(1)
      expect(output.trim().split('\n')).toHaveLength(1)
      expect(output).toContain(`127.0.0.1:${port} is taken; ${variable} moves it`)
    }
  })

  test('a second instance on the same data is refused in one line, and the first goes on', async () => {
    const first = await standalone()
    const { code, output } = await refused({ SALLYPORT_DATA: first.folder })
    expect(code).toBe(1)
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(output).toContain(`a Sallyport runs on ${first.folder} already (http://127.0.0.1:`)
    expect(output).toMatch(/SP_ALREADY_RUNNING/)
    await expect(apiOf(first).client.get('/v1/gateways')).resolves.toMatchObject({ items: [] })
  })

  test('a folder that cannot be written is told in one line', async () => {
    const folder = later(mkdtempSync(join(tmpdir(), 'sallyport-e2e-')), (path) =>
      rmSync(path, { recursive: true }),
    )
    writeFileSync(join(folder, 'file'), '')
    chmodSync(join(folder, 'file'), 0o400)
    const { code, output } = await refused({ SALLYPORT_DATA: join(folder, 'file', 'data') })
    expect(code).toBe(1)
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(output).toContain('SALLYPORT_DATA moves it')
  })

  test('every wrong variable is named at once, without its value; another machine is never listened for', async () => {
    const { code, output } = await refused({
      SALLYPORT_PROXY_LISTEN: '0.0.0.0:8080',
      SALLYPORT_API_LISTEN: 'nonsense-value',
      SALLYPORT_LOG_LEVEL: 'loud',
    })
    expect(code).toBe(1)
    expect(output).toMatch(/SALLYPORT_PROXY_LISTEN must be a loopback address/)
    expect(output).toMatch(/SALLYPORT_API_LISTEN must be host:port/)
    expect(output).toMatch(/SALLYPORT_LOG_LEVEL must be one of/)
    expect(output).not.toContain('nonsense-value')
  })
})

describe('commands on the same machine', () => {
  const command = (folder: string, ...args: string[]) => {
    const environment = { PATH: process.env['PATH'], SALLYPORT_DATA: folder }
    const ran = spawnSync(process.execPath, [SALLYPORT, ...args], { env: environment, encoding: 'utf8' })
    return { status: ran.status, out: ran.stdout, err: ran.stderr }
  }

  test('need no token at first, and one that is in no file once it is required', async () => {
    const first = await standalone()
    expect(first.output()).toContain('on this machine need no token')
    expect(command(first.folder, 'gateway', 'list').status).toBe(0)
    expect(await first.end('SIGINT')).toBe(0)

    const { child, output } = begun({ SALLYPORT_DATA: first.folder, SALLYPORT_LOCAL_TOKEN: 'required' })
    const [token = ''] = await output(/sp_api_\S+/)
    await output(/need a token, on this machine too/)
    await output(/export SALLYPORT_TOKEN=[\s\S]*sallyport demo/)
    await output(/upstream add files/)
    const refused = command(first.folder, 'approvals', 'list')
    expect(refused).toMatchObject({ status: 4, out: '' })
    expect(refused.err).toContain('SP_CLI_LOCAL_TOKEN_REQUIRED')
    expect(command(first.folder, 'approvals', 'list', '--token', first.adminToken).status).toBe(4)
    expect(command(first.folder, 'approvals', 'list', '--token', token).status).toBe(0)
    expect(existsSync(join(first.folder, 'admin-token'))).toBe(false)
    child.kill('SIGINT')
    await exitOf(child)

    const again = begun({ SALLYPORT_DATA: first.folder })
    await again.output(/need a token, on this machine too[\s\S]*upstream add files/)
    expect(again.said()).not.toContain('sp_api_')
    expect(command(first.folder, 'approvals', 'list').status).toBe(4)
  })
})

/** A start whose admin token is in no file. */
function begun(environment: Record<string, string>) {
  const child = later(spawnStandalone(environment), async (one) => {
    if (one.exitCode !== null) return
    one.kill('SIGINT')
    await exitOf(one)
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += String(chunk)
      child.emit('said')
    })
  const output = async (shows: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = shows.exec(said)
      if (found) return found
      await once(child, 'said')
    }
  }
  return { child, output, said: () => said }
}

describe('stopping standalone', () => {
  test('a signal that is sent to npm start ends Sallyport, and npm waits for its end', async () => {
    const folder = later(mkdtempSync(join(tmpdir(), 'sallyport-e2e-')), (path) =>
      rmSync(path, { recursive: true }),
    )
    const npm = later(spawnNpmStart({ SALLYPORT_DATA: folder }), (one) => one.kill('SIGKILL'))
    const said: string[] = []
    await new Promise<void>((ready) => {
      npm.stdout?.on(
        'data',
        (chunk: Buffer) => said.push(String(chunk)) && /server-filesystem/.test(said.join('')) && ready(),
      )
    })
    const { pid } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { pid: number }
    npm.kill('SIGTERM')
    await exitOf(npm)
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    expect(existsSync(join(folder, 'run.json'))).toBe(false)
  })

  test('Ctrl-C answers a held call, keeps its approval, and the call goes on after the restart', async () => {
    const first = await standalone()
    const files = later(await startFilesystem(), (server) => server.stop())
    const api = apiOf(first)
    const { token } = await api.addGateway('holder')
    const upstream = await api.addUpstream(files.url)
    await api.permit('holder', 'mcp.tools.create_*', 'require_approval')
    const { connectAgent } = await import('./support/agent.ts')
    const agent = await connectAgent(first.proxies[0] as string, upstream, token)
    const path = join(files.folder, 'after-restart')
    const held = agent.call('create_directory', { path })
    const approval = await api.waiting('holder')
    expect(await first.end('SIGINT')).toBe(0)
    const answer = await held
    expect(answer.isError).toBe(true)
    expect(textOf(answer)).toContain(approval.approvalId)
    const second = await standalone({ folder: first.folder })
    await apiOf(second).vote(approval.approvalId, 'approve')
    const again = await connectAgent(second.proxies[0] as string, upstream, token)
    expect((await again.call('create_directory', { path })).isError ?? false).toBe(false)
    expect(existsSync(path)).toBe(true)
    await again.close()
    await agent.close().catch(() => {})
  })

  test('kill -9 loses nothing: every answered call is in the record of the next start, once', async () => {
    const first = await standalone()
    const world = await openWorld({ ...first, stop: async () => {} })
    later(world, (open) => open.close())
    const governed = await govern(world, world.everything.url, { 'mcp.tools.echo': 'allow' })
    const agent = await governed.connect()
    for (let n = 0; n < 20; n += 1) await agent.call('echo', { message: `n${n}` })
    await first.end('SIGKILL')
    const second = await standalone({ folder: first.folder })
    const echoes = (items: readonly { action: string }[]) =>
      items.filter((item) => item.action === 'mcp.tools.echo')
    const items = await apiOf(second).timeline(governed.gateway, (all) => echoes(all).length >= 20)
    expect(echoes(items)).toHaveLength(20)
    await agent.close().catch(() => {})
  })
})
