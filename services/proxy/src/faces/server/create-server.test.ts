import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Strangers, silentLogger } from '@sallyport/runtime'
import { expect, test } from 'vitest'
import { createServer, type ServerOptions } from './create-server.ts'

const options: ServerOptions = {
  rules: { listensOnLoopback: false, hosts: [], origins: [] },
  limits: { bodyBytes: 1024, requestMs: 1000 },
  strangers: new Strangers({ max: 10, withinMs: 1000 }, silentLogger),
  logger: silentLogger,
  health: { control: () => ({ status: 'ok', facts: { passedOver: 2 } }) },
  metrics: () => 'own 1\n',
  shouldUpgrade: () => false,
  routedPath: (target) => target,
  faces: [],
}

test('a body that nobody reads and that never comes keeps no connection', async () => {
  const server = createServer(options)
  await server.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.server.address() as AddressInfo
  for (const path of ['/healthz', '/nothing']) {
    const socket = connect(port, '127.0.0.1')
    socket.write(`GET ${path} HTTP/1.1\r\nHost: proxy\r\nContent-Length: 10\r\n\r\n`)
    expect(await text(socket)).toContain('HTTP/1.1 ')
  }
  await server.close()
})

test("/metrics has the proxy's own figures, what its folds passed over and what is missing in its log", async () => {
  const logger = { ...silentLogger, lost: () => ({ unwritable: 3, flood: 4 }) }
  const server = createServer({ ...options, logger })
  const { body } = await server.inject('/metrics')
  await server.close()
  expect(body).toMatch(/^own 1\n# HELP sallyport_events_passed_over_total /)
  expect(body).toContain('\nsallyport_events_passed_over_total{part="control"} 2\n')
  expect(body).toContain(
    '\n# HELP sallyport_log_lines_lost_total Lines that are not in the log of the process',
  )
  expect(body).toContain('\nsallyport_log_lines_lost_total{reason="unwritable"} 3\n')
  expect(body).toContain('\nsallyport_log_lines_lost_total{reason="flood"} 4\n')
})
