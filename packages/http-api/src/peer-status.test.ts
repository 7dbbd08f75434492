import { startControlView } from '@sallyport/control'
import { memoryEventLog } from '@sallyport/event-log'
import { type Health, type HealthStatus, silentLogger } from '@sallyport/runtime'
import { expect, test } from 'vitest'
import type { ApiPlugin } from './api-plugin.ts'
import { type ApiServerOptions, createApiServer } from './api-server.ts'
import { forEverybody } from './testing/for-everybody.ts'

async function ask(path: string, peers: Record<string, HealthStatus>, more: Partial<ApiServerOptions> = {}) {
  const log = memoryEventLog()
  const control = startControlView({ log })
  const server = createApiServer({
    title: 'test',
    version: '1',
    control: { ...control, authenticateApi: () => analyst, fault: () => undefined },
    plugins: [],
    health: { own: () => ({ status: 'ok' }) },
    peers: Object.fromEntries(
      Object.entries(peers).map(([name, status]) => [name, async () => ({ status })]),
    ),
    clock: () => new Date(0),
    logger: silentLogger,
    ...more,
  })
  const answer = await server.inject({ url: path, headers: { authorization: 'Bearer sp_api_any' } })
  await server.close()
  await control.stop()
  await log.close()
  return answer
}

const analyst = {
  id: 'a',
  name: 'ana',
  scope: 'analyst',
  tokenHash: '',
  holder: null,
  expiresAt: null,
  createdAt: '',
  revokedAt: null,
} as const

test('a peer that is down does not take this process out of the load balancer', async () => {
  const answer = await ask('/healthz', { other: 'down' })
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toEqual({ status: 'ok' })
})

test.each<[HealthStatus, Record<string, HealthStatus>]>([
  ['ok', { 'decision-1': 'ok', 'decision-2': 'ok' }],
  ['degraded', { 'decision-1': 'down', 'decision-2': 'ok' }],
  ['down', { 'decision-1': 'down', 'decision-2': 'down', 'proxy-1': 'ok' }],
  ['down', { approvals: 'down', 'proxy-1': 'ok' }],
])('a fleet is %s with %o', async (status, peers) => {
  const answer = await ask('/v1/status', peers)
  expect(answer.json()).toMatchObject({ status })
})

test('the page answers while the control state may be stale, and other routes do not', async () => {
  const log = memoryEventLog()
  const view = startControlView({ log })
  const control = { ...view, authenticateApi: () => analyst, fault: () => 'the log is away' }
  const page = await ask('/v1/status', { other: 'ok' }, { control })
  expect(page.statusCode).toBe(200)
  expect(page.json().parts).toMatchObject({ own: { status: 'ok' }, other: { status: 'ok' } })
  const nobody = { ...control, authenticateApi: () => undefined }
  expect((await ask('/v1/status', {}, { control: nobody })).statusCode).toBe(401)
  const route: ApiPlugin = async (server) => void server.get('/v1/things', async () => ({}))
  const roles = forEverybody('GET /v1/things')
  expect((await ask('/v1/things', {}, { control, plugins: [route], roles })).statusCode).toBe(503)
  await view.stop()
})

test('a part that several processes have is one row, with what each is short of and the sum of what was lost', async () => {
  const proxy = (lost: number, offset: number, signals: Health) => async () => ({
    status: 'ok' as const,
    parts: {
      log:
        lost > 0
          ? degraded(`${lost} events were lost`, { lost })
          : ({ status: 'ok', facts: { lost } } as const),
      control: { status: 'ok' as const, facts: { offset } },
      signals,
    },
  })
  const answer = await ask(
    '/v1/status',
    {},
    {
      health: { own: () => ({ status: 'ok' }), control: () => ({ status: 'ok', facts: { offset: 9 } }) },
      peers: {
        'proxy-1': proxy(3, 7, { status: 'ok' }),
        'proxy-2': proxy(2, 8, { status: 'degraded', reason: 'NATS is away' }),
        'proxy-3': proxy(0, 9, { status: 'ok' }),
        approvals: async () => ({ status: 'down', reason: 'nothing answers at http://a' }),
      },
    },
  )
  expect(answer.json()).toMatchObject({
    status: 'down',
    parts: {
      own: { status: 'ok' },
      log: {
        status: 'degraded',
        reason: 'proxy-1: 3 events were lost; proxy-2: 2 events were lost',
        facts: { lost: 5 },
      },
      control: { status: 'ok', facts: { offset: 7 } },
      signals: { status: 'degraded', reason: 'proxy-2: NATS is away' },
      'proxy-1': { status: 'ok' },
      approvals: { status: 'down', reason: 'nothing answers at http://a' },
    },
  })
  expect(answer.json().parts['proxy-1']).not.toHaveProperty('parts')
})

test('/healthz tells its parts to processes of the installation alone, and /readyz is beside it', async () => {
  const health = { own: () => degraded('half of it', {}) }
  expect((await ask('/healthz', {}, { health })).json()).toEqual({ status: 'degraded' })
  expect((await ask('/healthz', {}, { health, healthToken: 'other' })).json()).toEqual({ status: 'degraded' })
  const told = await ask('/healthz', {}, { health, healthToken: 'sp_api_any' })
  expect(told.json()).toMatchObject({ status: 'degraded', parts: { own: { reason: 'half of it' } } })
  expect((await ask('/readyz', {}, { health })).statusCode).toBe(200)
  const down = { own: () => ({ status: 'down' as const }) }
  expect((await ask('/readyz', {}, { health: down })).statusCode).toBe(503)
})

function degraded(reason: string, facts: Record<string, number>): Health {
  return { status: 'degraded', reason, facts }
}
