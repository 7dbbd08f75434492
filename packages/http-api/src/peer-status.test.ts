import { startControlView } from '@sallyport/control'
import { memoryEventLog } from '@sallyport/event-log'
import { silentLogger } from '@sallyport/runtime'
import { expect, test } from 'vitest'
import { createApiServer } from './api-server.ts'

test('a peer that is down does not take this process out of the load balancer', async () => {
  const log = memoryEventLog()
  const control = startControlView({ log })
  const server = createApiServer({
    title: 'test',
    version: '1',
    control,
    plugins: [],
    health: { own: () => ({ status: 'ok' }) },
    peers: { other: () => ({ status: 'down', reason: 'gone' }) },
    clock: () => new Date(0),
    logger: silentLogger,
  })
  const answer = await server.inject('/healthz')
  expect(answer.statusCode).toBe(200)
  expect(answer.json()).toEqual({ status: 'ok' })
  await server.close()
  await control.stop()
  await log.close()
})
