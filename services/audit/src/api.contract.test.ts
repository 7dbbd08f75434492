import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ApiToken, type ControlView, INITIAL_STATE, type TokenScope } from '@sallyport/control'
import { memoryEventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { createApiServer } from '@sallyport/http-api'
import { silentLogger } from '@sallyport/runtime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuditRig, embedded, startRig } from './testing/audit-rig.ts'
import { completed, decided, encoder } from './testing/sample-events.ts'

const now = new Date('2026-11-20T12:00:00.000Z')
const ago = (ms: number) => new Date(now.getTime() - ms)
const encode = encoder()
let rig: AuditRig
let server: ReturnType<typeof createApiServer>

/** Every token is its own scope's name. */
const control: Pick<ControlView, 'authenticateApi' | 'fault' | 'onChange' | 'state'> = {
  state: () => INITIAL_STATE,
  fault: () => undefined,
  onChange: () => () => {},
  authenticateApi(token) {
    if (!['admin', 'approver', 'analyst', 'bot'].includes(token)) return undefined
    return {
      id: token,
      name: token,
      scope: token as TokenScope,
      tokenHash: '',
      holder: null,
      expiresAt: null,
      createdAt: '',
      revokedAt: null,
    } satisfies ApiToken
  },
}

beforeAll(async () => {
  rig = await startRig(embedded, {}, memoryEventLog(), () => now)
  await rig.log.append(TOPICS.actions, [
    encode(decided(ago(3_600_000), { actionId: 'old' })),
    encode(decided(ago(60_000), { actionId: 'new' })),
    encode(completed(ago(59_000), { actionId: 'new' })),
  ])
  await rig.service.ingest.caughtUp()
  server = createApiServer({
    title: 'audit',
    version: '1',
    control: control as ControlView,
    plugins: [rig.service.routes],
    health: rig.service.health,
    clock: () => now,
    logger: silentLogger,
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await server.close()
  await rig.stop()
})

async function get(url: string, token = 'analyst') {
  const response = await server.inject({ url, headers: { authorization: `Bearer ${token}` } })
  return { status: response.statusCode, body: response.json() }
}

test('the timeline over HTTP: a time ago, pages', async () => {
  expect(
    (await get('/v1/timeline?since=15m')).body.items.map((item: { actionId: string }) => item.actionId),
  ).toEqual(['new'])
  const first = (await get('/v1/timeline?limit=1')).body
  expect(first.items[0]).toMatchObject({
    actionId: 'new',
    outcome: 'ok',
    arguments: { path: '/srv/report.txt' },
  })
  const second = (await get(`/v1/timeline?limit=1&cursor=${first.next}`)).body
  expect(second).toMatchObject({ items: [{ actionId: 'old', outcome: null }], next: null })
})

test.each([
  ['/v1/timeline?since=yesterday', 'SP_AUDIT_FILTER_INVALID'],
  ['/v1/timeline?search=%2C%2C', 'SP_AUDIT_FILTER_INVALID'],
  ['/v1/timeline?verdict=maybe', 'SP_'],
  ['/v1/timeline?cursor=abc', 'SP_'],
  ['/v1/timeline?nonsense=1', 'SP_'],
  ['/v1/summary?interval=soon', 'SP_AUDIT_FILTER_INVALID'],
])('%s is refused as a bad request', async (url, code) => {
  const { status, body } = await get(url)
  expect(status).toBe(400)
  expect(body.code).toContain(code)
})

test('summary and story over HTTP', async () => {
  expect((await get('/v1/summary')).body).toMatchObject({
    totals: { allow: 2 },
    gateways: [{ name: 'code-agent' }],
  })
  expect((await get('/v1/actions/new')).body.items.map((event: { type: string }) => event.type)).toEqual([
    'sallyport.action.decided.v1',
    'sallyport.action.completed.v1',
  ])
  expect((await get('/v1/actions/none')).status).toBe(404)
})

test.each(['analyst', 'approver', 'bot', 'admin'])('the scope %s may read', async (token) => {
  expect((await get('/v1/timeline', token)).status).toBe(200)
})

test('without a token nothing is read', async () => {
  for (const url of ['/v1/timeline', '/v1/timeline/stream', '/v1/summary', '/v1/actions/new'])
    expect((await get(url, 'wrong')).status).toBe(401)
})

test('the live tail shows a hold and a denial when decided, an allowed action when it ended, and only what is wanted', async () => {
  const { port } = server.server.address() as AddressInfo
  const headers = { authorization: 'Bearer bot' }
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path: '/v1/timeline/stream?action=tail.*&search=report',
    headers,
  }).end()
  const [response] = await once(outgoing, 'response')
  const lines = response.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string>
  let text = ''
  const until = async (mark: string) => {
    while (!text.includes(mark)) text += (await lines.next()).value
  }
  await until(': following')
  const tail = { action: 'tail.x' }
  await rig.log.append(TOPICS.actions, [
    encode(decided(now, { actionId: 't1', ...tail })),
    encode(decided(now, { actionId: 'elsewhere', verdict: 'deny' })),
    encode(decided(now, { actionId: 'wordless', ...tail, verdict: 'deny', arguments: null })),
    encode(decided(now, { actionId: 't2', ...tail, verdict: 'hold' })),
    encode(decided(now, { actionId: 't3', ...tail, verdict: 'deny' })),
    encode(completed(now, { actionId: 't1', ...tail, durationMs: 7 })),
  ])
  await until('"durationMs":7')
  const items = [...text.matchAll(/^data: (.*)$/gm)].map(([, json = '']) => JSON.parse(json))
  expect(items.map(({ actionId, verdict, outcome }) => ({ actionId, verdict, outcome }))).toEqual([
    { actionId: 't2', verdict: 'hold', outcome: null },
    { actionId: 't3', verdict: 'deny', outcome: null },
    { actionId: 't1', verdict: 'allow', outcome: 'ok' },
  ])
  expect(items[2].arguments).toEqual({ path: '/srv/report.txt' })
  outgoing.destroy()
})

test('a reader of the live tail that does not read is told and let go, others go on', async () => {
  const { port } = server.server.address() as AddressInfo
  const headers = { authorization: 'Bearer bot' }
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path: '/v1/timeline/stream?verdict=deny',
    headers,
  }).end()
  const [response] = await once(outgoing, 'response')
  await once(response, 'readable')
  const big = 'x'.repeat(7000)
  for (let round = 0; round < 40; round += 1) {
    const reasons = Array.from({ length: 30 }, () => big)
    await rig.log.append(TOPICS.actions, [
      encode(decided(now, { actionId: `slow${round}`, verdict: 'deny', reasons })),
    ])
  }
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  expect(text).toMatch(/event: end\ndata: \{"reason":"this reader is too slow.*"\}\n\n$/)
})
