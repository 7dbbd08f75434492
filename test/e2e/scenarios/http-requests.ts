import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type ApiServer, startApiServer } from '../support/api-server.ts'
import type { World } from './world.ts'

type Rules = Readonly<Record<string, 'allow' | 'deny' | 'require_approval'>>

/** An API over HTTP goes the same way as MCP: judged, held, stopped and recorded. */
export function httpRequests(world: () => World): void {
  let server: ApiServer

  beforeAll(async () => {
    server = await startApiServer()
  })
  afterAll(() => server.stop())

  async function governed(rules: Rules) {
    const { api, composition } = world()
    const { name: gateway, token } = await api.addGateway()
    const upstream = `api-${randomUUID().slice(0, 8)}`
    const target = { kind: 'http', url: server.url }
    await api.client.write('POST', '/v1/upstreams', {
      connector: 'http',
      name: upstream,
      target,
      credential: null,
    })
    for (const [action, decision] of Object.entries(rules))
      await api.client.write('PUT', '/v1/permissions', { gateway, connector: 'http', action, decision })
    await composition.inForce()
    const urlOf = (path: string, proxy = 0) => `${composition.proxies.at(proxy)}/http/${upstream}${path}`
    const ask = (path: string, { proxy = 0, headers = {}, ...init }: RequestInit & { proxy?: number } = {}) =>
      fetch(urlOf(path, proxy), { ...init, headers: { authorization: `Bearer ${token}`, ...headers } })
    return { gateway, upstream, token, urlOf, ask }
  }

  const POST = { method: 'POST', headers: { 'content-type': 'application/json' } }

  test('an API is read, not written, and the record says so', async () => {
    const { gateway, ask } = await governed({ 'http.get': 'allow' })
    const marker = randomUUID()
    const read = await ask(`/users?marker=${marker}`)
    expect(read.status).toBe(200)
    expect(await read.text()).toBe('read')
    const refused = await ask(`/users/1?marker=${marker}`, { method: 'DELETE' })
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ code: 'SP_DENIED', action: 'http.delete' })
    expect(server.seen.filter((line) => line.includes(marker))).toEqual([`GET /v1/users?marker=${marker}`])
    const items = await world().api.timeline(
      gateway,
      (all) => all.length >= 2 && all.some(({ outcome }) => outcome),
    )
    expect(items.map(({ action, verdict }) => `${action} ${verdict}`).sort()).toEqual([
      'http.delete deny',
      'http.get allow',
    ])
  })

  test('what is permitted by its less specific name is permitted', async () => {
    const { ask } = await governed({ 'generic.get': 'allow' })
    expect((await ask('/users')).status).toBe(200)
  })

  test('a held request is told where it is approved; repeated at any proxy it is carried out once', async () => {
    const { gateway, ask } = await governed({ 'http.post': 'require_approval' })
    const body = JSON.stringify({ marker: randomUUID() })
    const held = await ask('/jobs', { ...POST, body })
    expect(held.status).toBe(202)
    expect(held.headers.get('retry-after')).not.toBeNull()
    const { approvalId } = (await held.json()) as { approvalId: string }
    const approval = await world().api.waiting(gateway)
    expect(approval.approvalId).toBe(approvalId)
    await world().api.vote(approvalId, 'approve')
    const answer = await ask('/jobs', { ...POST, body, proxy: -1 })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toBe(body)
    expect((await ask('/jobs', { ...POST, body })).status).toBe(202)
  })

  test('a client that prefers to wait gets the answer itself', async () => {
    const { gateway, ask } = await governed({ 'http.post': 'require_approval' })
    const headers = { ...POST.headers, prefer: 'wait=30' }
    const answering = ask('/jobs', { method: 'POST', headers, body: '{"wait":true}' })
    const { approvalId } = await world().api.waiting(gateway)
    await world().api.vote(approvalId, 'approve')
    expect(await (await answering).text()).toBe('{"wait":true}')
  })

  test('events and a WebSocket pass, until the kill switch goes on', async () => {
    const { gateway, token, ask, urlOf } = await governed({ 'http.get': 'allow', 'http.websocket': 'allow' })
    const events = (await ask('/events')).body?.getReader()
    expect(Buffer.from((await events?.read())?.value ?? '').toString()).toContain('data: ')
    const socket = new WebSocket(urlOf('/chat').replace('http', 'ws'), {
      headers: { authorization: `Bearer ${token}` },
    })
    await once(socket, 'open')
    socket.send('hello')
    const [heard] = (await once(socket, 'message')) as [Buffer]
    expect(heard.toString()).toBe('hello')
    const closed = once(socket, 'close')
    await world().api.client.write('PUT', '/v1/kill-switch', {
      scope: `gateway:${gateway}`,
      on: true,
      reason: null,
    })
    await closed
    await expect(untilEnd(events)).rejects.toThrow()
    await world().composition.inForce()
    expect((await ask('/users')).status).toBe(403)
  })

  test('curl uploads a stream and gets it back', async () => {
    const { token, urlOf } = await governed({ 'http.put': 'allow' })
    const curl = promisify(execFile)('curl', [
      ...['-sS', '-T', '-', '-H', `authorization: Bearer ${token}`, '-H', 'content-type: text/plain'],
      urlOf('/files/x'),
    ])
    curl.child.stdin?.end('x'.repeat(100_000))
    expect((await curl).stdout).toBe('x'.repeat(100_000))
  })

  test('200 MB pass both ways', async () => {
    const { ask } = await governed({ 'http.put': 'allow' })
    const total = 200 * 1024 * 1024
    const chunk = Buffer.alloc(256 * 1024, 'x')
    let sent = 0
    const body = Readable.toWeb(
      new Readable({
        read() {
          this.push(sent >= total ? null : chunk)
          sent += chunk.length
        },
      }),
    )
    const headers = { 'content-type': 'application/octet-stream' }
    const init = { method: 'PUT', headers, body, duplex: 'half' } as unknown as RequestInit
    const answer = await ask('/files/large', init)
    let received = 0
    for await (const bytes of answer.body ?? []) received += bytes.length
    expect(received).toBe(total)
  })
}

async function untilEnd(reader: ReadableStreamDefaultReader | undefined): Promise<void> {
  while ((await reader?.read())?.done === false);
}
