import { silentLogger } from '@sallyport/runtime'
import { expect, test } from 'vitest'
import { createServer } from './create-server.ts'

test("/metrics has the proxy's own figures and what its folds passed over in the log", async () => {
  const server = createServer({
    rules: { listensOnLoopback: false, hosts: [], origins: [] },
    limits: { bodyBytes: 1024, requestMs: 1000 },
    logger: silentLogger,
    health: { control: () => ({ status: 'ok', facts: { passedOver: 2 } }) },
    metrics: () => 'own 1\n',
    shouldUpgrade: () => false,
    routedPath: (target) => target,
    faces: [],
  })
  const { body } = await server.inject('/metrics')
  await server.close()
  expect(body).toMatch(/^own 1\n# HELP sallyport_events_passed_over_total /)
  expect(body).toContain('\nsallyport_events_passed_over_total{part="control"} 2\n')
})
