import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { StdioServer, type StdioServerOptions } from './stdio-server.ts'
import { Watchdog } from './watchdog.ts'

// Each test starts processes.
vi.setConfig({ testTimeout: 60_000 })

const STUBBORN = fileURLToPath(new URL('testing/stubborn-server.js', import.meta.url))
const HOST = fileURLToPath(new URL('testing/host.ts', import.meta.url))
const PATIENCE = { eofMs: 50, termMs: 50 }

const servers: StdioServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop({ eofMs: 0, termMs: 0 })))
})

function start(program: string | string[], options: Partial<StdioServerOptions> = {}) {
  const lines: (string | null)[] = []
  let wake = () => {}
  const server = new StdioServer({
    command: typeof program === 'string' ? [process.execPath, '-e', program] : program,
    env: {},
    maxLineBytes: 1000,
    maxWaitingBytes: 100_000,
    watchdog: new Watchdog(),
    onLine: (line) => {
      lines.push(line && Buffer.from(line).toString())
      wake()
    },
    onEnd: () => {},
    ...options,
  })
  servers.push(server)
  const line = async (): Promise<string | null> => {
    while (lines.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    return lines.shift() ?? null
  }
  return { server, line, lines }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A killed process is gone a moment later. */
async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 200 && lives(pid); tries++) await delay(25)
  return !lives(pid)
}

const ECHO = 'process.stdin.pipe(process.stdout)'

test('lines go in and come out, and the end of its input ends a server', async () => {
  const { server, line } = start(ECHO)
  expect(server.send('{"a":1}')).toBe(true)
  expect(await line()).toBe('{"a":1}')
  expect(await server.stop({ eofMs: 60_000, termMs: 0 })).toEqual({ code: 0, signal: null })
})

test('the last lines of a server that ends are read', async () => {
  const { server, lines } = start('for (let i = 0; i < 2000; i++) console.log(i); process.exitCode = 3')
  expect(await server.ended).toEqual({ code: 3, signal: null })
  expect(lines).toHaveLength(2000)
})

test('a command that does not exist ends at once, with its reason', async () => {
  const { server } = start(['/no/such/program'])
  expect(await server.ended).toMatchObject({ code: null, error: { code: 'SP_SERVER_NOT_STARTED' } })
})

test('a server that does not read gets no more than may wait for it', async () => {
  const { server } = start('setInterval(() => {}, 1000)')
  let taken = 0
  while (server.send('x'.repeat(10_000))) taken++
  expect(taken).toBeGreaterThan(0)
  expect(server.waiting).toBeLessThanOrEqual(100_000)
})

test('a server that ignores everything, and what it started, are killed in the end', async () => {
  const { server, line } = start([process.execPath, STUBBORN])
  const pids = ((await line()) ?? '').split(' ').map(Number)
  expect(await server.stop(PATIENCE)).toEqual({ code: null, signal: 'SIGKILL' })
  for (const pid of pids) expect(await gone(pid)).toBe(true)
})

test('what a server leaves behind ends with it', async () => {
  const leaving = `const { spawn } = require('node:child_process')
    const left = spawn(process.execPath, [${JSON.stringify(STUBBORN)}, 'alone'], { stdio: ['ignore', 'pipe', 'ignore'] })
    left.stdout.once('data', () => { console.log(left.pid); process.exit(0) })`
  const { server, line } = start(leaving)
  const pid = Number(await line())
  await server.ended
  expect(await gone(pid)).toBe(true)
})

test('kill -9 of the process that runs it leaves no server and nothing that it started', async () => {
  const host = spawn(process.execPath, [HOST], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [printed] = (await once(host.stdout, 'data')) as [Buffer]
  const pids = String(printed).trim().split(' ').map(Number)
  expect(pids).toHaveLength(2)
  for (const pid of pids) expect(lives(pid)).toBe(true)
  host.kill('SIGKILL')
  for (const pid of pids) expect(await gone(pid)).toBe(true)
})
