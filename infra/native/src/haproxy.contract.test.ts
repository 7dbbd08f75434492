import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '@sallyport/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type DebianProgram, debianProgram } from './debian-package.ts'
import { type EngineProcess, startEngineProcess } from './engine-process.ts'
import { freePort } from './free-port.ts'
import { runCommand } from './run-command.ts'

const CONFIG = join(import.meta.dirname, '../../compose/haproxy.cfg')
const haproxy = await debianProgram({ engine: 'haproxy', name: 'haproxy', path: 'usr/sbin/haproxy' }).catch(
  (reason: unknown) => messageOf(reason),
)

describe.skipIf(typeof haproxy === 'string')(
  'the load balancer of the compose file',
  { timeout: 60_000 },
  () => {
    const { program, env } = haproxy as DebianProgram

    test('is taken by HAProxy as it stands, without a warning', async () => {
      const check = ['env', ...Object.entries(env).map(([name, value]) => `${name}=${value}`), program]
      const { ok, output } = await runCommand(check[0] ?? '', [...check.slice(1), '-c', '-f', CONFIG])
      const said = output.split('\n').filter((line) => /ALERT|WARNING/.test(line))
      // The names are those of the compose file's network, and are looked up again while it runs.
      expect(said.filter((line) => !line.includes('could not resolve address'))).toEqual([])
      expect(ok).toBe(true)
    })

    test('sends each path to the service that has it, and says on /readyz when one of a kind is away', async () => {
      const fleet = await standIns()
      const { agents, api } = await balance(fleet)
      const served = async (url: string) => (await fetch(url)).text()
      await expect.poll(() => served(`${agents}/mcp/files`)).toMatch(/^proxy-[12]:8080 \/mcp\/files$/)
      for (const [path, service] of [
        ['/v1/approvals/1', /^approvals:/],
        ['/v1/grants/1', /^approvals:/],
        ['/approve/1', /^approvals:/],
        ['/slack/interactions', /^approvals:/],
        ['/teams/messages', /^approvals:/],
        ['/v1/gateways', /^decision-[12]:/],
        ['/v1/proxy', /^decision-[12]:/],
        ['/v1/kill-switch', /^decision-[12]:/],
        ['/v1/persons', /^decision-[12]:/],
        ['/v1/bots', /^decision-[12]:/],
        ['/v1/groups', /^decision-[12]:/],
        ['/v1/session', /^decision-[12]:/],
        ['/sign-in/callback?code=a', /^decision-[12]:/],
        ['/v1/webhooks', /^decision-[12]:/],
        ['/v1/probes', /^proxy-[12]:8081/],
        ['/v1/timeline', /^audit:/],
        ['/v1/status', /^audit:/],
        ['/', /^audit:/],
        ['/console/approvals', /^audit:/],
        ['/docs', /^audit:/],
      ] as const)
        expect(await served(api + path), path).toMatch(service)
      const code = async (url: string) => (await fetch(url)).status
      expect(await Promise.all([agents, api].map((front) => code(`${front}/readyz`)))).toEqual([200, 200])

      // One of a kind does for all; none of a kind is said, and the page of health is still there.
      await fleet.end('proxy-1:8080')
      await fleet.end('audit:8081')
      await expect.poll(() => code(`${api}/readyz`), { timeout: 20_000 }).toBe(503)
      await expect
        .poll(() => served(`${api}/v1/status`), { timeout: 20_000 })
        .toMatch(/^(decision-[12]|approvals):/)
      await expect.poll(() => served(`${agents}/mcp/files`), { timeout: 20_000 }).toMatch(/^proxy-2:/)
      expect(await code(`${agents}/readyz`)).toBe(200)
      await fleet.end('proxy-2:8080')
      await expect.poll(() => code(`${agents}/readyz`), { timeout: 20_000 }).toBe(503)
      expect(await code(`${agents}/healthz`)).toBe(200)
    })

    async function standIns() {
      const config = await readFile(CONFIG, 'utf8')
      const names = new Set(
        [...config.matchAll(/^ {2}server \S+ ([\w-]+:\d+)/gm)].map(([, name = '']) => name),
      )
      const servers = new Map<string, Server>()
      for (const name of names) {
        const server = createServer(({ url }, response) => response.end(`${name} ${url}`)).listen(
          0,
          '127.0.0.1',
        )
        await once(server, 'listening')
        servers.set(name, server)
      }
      const end = async (name: string) => {
        servers.get(name)?.closeAllConnections()
        servers.get(name)?.close()
      }
      onTestFinished(async () => void (await Promise.all([...names].map(end))))
      return { config, servers, end }
    }

    async function balance({ config, servers }: Awaited<ReturnType<typeof standIns>>) {
      const folder = await mkdtemp(join(tmpdir(), 'sallyport-haproxy-'))
      const [agents, api] = [await freePort(), await freePort()]
      const here = [...servers].reduce(
        (text, [name, server]) =>
          text.replaceAll(` ${name}`, ` 127.0.0.1:${(server.address() as AddressInfo).port}`),
        config
          .replace('maxconn 20000', 'maxconn 500')
          .replace('bind :8080', `bind 127.0.0.1:${agents}`)
          .replace('bind :8081', `bind 127.0.0.1:${api}`),
      )
      const file = join(folder, 'haproxy.cfg')
      await writeFile(file, here)
      const running: EngineProcess = await startEngineProcess({
        name: 'haproxy',
        command: program,
        args: ['-f', file],
        environment: env,
        logFile: join(folder, 'haproxy.log'),
        discard: folder,
        probe: async () => void (await fetch(`http://127.0.0.1:${agents}/healthz`)),
        readyWithin: 20_000,
      })
      onTestFinished(async () => {
        await running.stop()
        await rm(folder, { recursive: true, force: true })
      })
      return { agents: `http://127.0.0.1:${agents}`, api: `http://127.0.0.1:${api}` }
    }
  },
)
