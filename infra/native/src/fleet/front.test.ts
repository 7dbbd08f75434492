import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { agentRoutes, startFront } from './front.ts'

/** A target in a process of its own, to be killed in earnest. */
async function target(name: string, port = 0) {
  const child: ChildProcess = fork(
    join(import.meta.dirname, 'testing/target.child.ts'),
    [name, String(port)],
    {
      execArgv: [],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const [listening] = (await once(child, 'message')) as [number]
  const asked: string[] = []
  child.on('message', (path: string) => asked.push(path))
  return {
    child,
    asked,
    port: listening,
    url: `http://127.0.0.1:${listening}`,
    async kill9() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function front(...targets: readonly { readonly url: string }[]) {
  const started = await startFront('127.0.0.1', 0, [['/v1', targets.map(({ url }) => url)]])
  onTestFinished(() => started.close())
  return async (path = '/v1/things') => {
    const response = await fetch(started.url + path, { method: 'POST', body: 'x' })
    return response.ok ? response.text() : response.status
  }
}

test('calls take turns', async () => {
  const ask = await front(await target('one'), await target('two'))
  const answers = [await ask(), await ask(), await ask(), await ask()]
  expect(answers.toSorted()).toEqual(['one', 'one', 'two', 'two'])
})

test('agents reach APIs and MCP, with any method, query and body, and in the spelling they used', async () => {
  const seen: string[] = []
  const api = createServer(async (request, response) => {
    const { length } = await text(request)
    if (request.url !== '/healthz') seen.push(`${request.method} ${request.url} ${length}`)
    response.end()
  })
  await once(api.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void api.close())
  const proxies = [`http://127.0.0.1:${(api.address() as AddressInfo).port}`]
  const none = { probes: [], decisions: [], approvals: [], audits: [] }
  const { url, close } = await startFront('127.0.0.1', 0, agentRoutes({ proxies, ...none }))
  onTestFinished(close)
  await fetch(`${url}/http/api/a%2Fb?q=1`, { method: 'PUT', body: 'x'.repeat(10 << 20) })
  await fetch(`${url}/http/api`, { method: 'DELETE' })
  await fetch(`${url}/mcp/notes`, { method: 'POST', body: '{}' })
  expect(seen).toEqual(['PUT /http/api/a%2Fb?q=1 10485760', 'DELETE /http/api 0', 'POST /mcp/notes 2'])
})

test('a call that a dead target refused goes to another one, and so do those that follow', async () => {
  const [dead, alive] = [await target('dead'), await target('alive')]
  await dead.kill9()
  const ask = await front(dead, alive)
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask()))
  expect(new Set(answers)).toEqual(new Set(['alive']))
})

test('a call that had been sent to a target that dies is not repeated, and is told', async () => {
  const targets = [await target('one'), await target('two')]
  const ask = await front(...targets)
  const lost = ask('/v1/never')
  const dying = await Promise.race(targets.map((one) => once(one.child, 'message').then(() => one)))
  await dying.kill9()
  expect(await lost).toBe(503)
  expect(targets.flatMap(({ asked }) => asked)).toEqual(['/v1/never'])
})

test('a target that comes back takes its turn again', async () => {
  const [dying, other] = [await target('dying'), await target('other')]
  const ask = await front(dying, other)
  await dying.kill9()
  await expect
    .poll(async () => [await ask(), await ask(), await ask(), await ask()])
    .toEqual(Array(4).fill('other'))
  await target('back', dying.port)
  await expect.poll(() => ask(), { timeout: 20_000 }).toBe('back')
})

test('while no target is there a call is told so at once', async () => {
  const dead = await target('dead')
  await dead.kill9()
  const ask = await front(dead)
  expect([await ask(), await ask()]).toEqual([503, 503])
})

describe('of targets in an order of preference', () => {
  async function preferring(...targets: readonly { readonly url: string }[]) {
    const started = await startFront('127.0.0.1', 0, [['/v1', targets.map(({ url }) => url), 'preferred']])
    onTestFinished(() => started.close())
    const ask = async (path: string) => fetch(started.url + path)
    return { ask, status: async () => (await ask('/v1/status')).text() }
  }

  test('the first that is well is asked, then one that answers at all, and only then nobody', async () => {
    const [first, second] = [await target('unwell'), await target('second')]
    const { status } = await preferring(first, second)
    await expect.poll(status).toBe('second')
    await second.kill9()
    await expect.poll(status, { timeout: 20_000 }).toBe('unwell')
  })

  test('the front itself works as long as it answers, and is ready while there is one that is well', async () => {
    const only = await target('only')
    const { ask } = await preferring(only)
    await expect.poll(async () => (await ask('/readyz')).status).toBe(200)
    await only.kill9()
    await expect.poll(async () => (await ask('/readyz')).status, { timeout: 20_000 }).toBe(503)
    expect((await ask('/healthz')).status).toBe(200)
  })
})
