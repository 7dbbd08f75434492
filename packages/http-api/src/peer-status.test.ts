import { startControlView } from '@sallyport/control'
import { memoryEventLog } from '@sallyport/event-log'
import { type HealthStatus, silentLogger } from '@sallyport/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from './api-server.ts'

async function ask(path: string, peers: Record<string, HealthStatus>) {
  const log = memoryEventLog()
  const control = startControlView({ log })
  const server = createApiServer({
    title: 'test',
    version: '1',
    control: { ...control, authenticateApi: () => analyst, fault: () => undefined },
    plugins: [],
    health: { own: () => ({ status: 'ok' }) },
    peers: Object.fromEntries(Object.entries(peers).map(([name, status]) => [name, () => ({ status })])),
    clock: () => new Date(0),
    logger: silentLogger,
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
