import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readHealth } from '@sallyport/runtime'
import { expect, test } from 'vitest'
import { peerHealth } from './peer-health.ts'

test('a process that ended is down, and the reason says where it was looked for', async () => {
  const server = createServer((_request, response) => response.writeHead(503).end())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const checks = peerHealth([`decision-2=${url}`], 'token')
  expect(await readHealth(checks)).toEqual({
    'decision-2': { status: 'down', reason: 'it answers 503', parts: {} },
  })
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
  expect(await readHealth(checks)).toEqual({
    'decision-2': { status: 'down', reason: `nothing answers at ${url}` },
  })
})
