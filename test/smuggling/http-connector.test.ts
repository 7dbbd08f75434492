import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, apiOf } from '../e2e/support/api.ts'
import { type Standalone, startStandalone } from '../e2e/support/standalone-composition.ts'
import { type ApiTrick, FIELDS, METHODS, PASSING, PATHS } from './api-tricks.ts'
import { FRAMES, STRANGERS } from './http-tricks.ts'
import type { Aim } from './requests.ts'
import { sendRaw } from './send-raw.ts'

let standalone: Standalone
let api: Api
let victim: Server
let aim: Aim
let gateway: string
const seen: IncomingMessage[] = []

/** Its gateway may read below /public, and nothing else. */
beforeAll(async () => {
  victim = createServer((request, response) => {
    seen.push(request)
    response.end('read')
  })
  await new Promise<void>((resolve) => victim.listen(0, '127.0.0.1', resolve))
  const { port } = victim.address() as AddressInfo
  standalone = await startStandalone()
  api = apiOf(standalone)
  const { name, token } = await api.addGateway()
  gateway = name
  await api.client.write('POST', '/v1/upstreams', {
    connector: 'http',
    name: 'api',
    target: { kind: 'http', url: `http://127.0.0.1:${port}/public` },
    credential: null,
  })
  await api.client.write('PUT', '/v1/permissions', {
    gateway,
    connector: 'http',
    action: 'http.get',
    decision: 'allow',
  })
  await standalone.inForce()
  aim = { authority: new URL(standalone.proxies[0] as string).host, path: '/http/api', token }
})
afterAll(async () => {
  victim.closeAllConnections()
  await Promise.all([standalone.stop(), new Promise((resolve) => victim.close(resolve))])
})

const send = (bytes: Uint8Array) => sendRaw(`http://${aim.authority}`, bytes, 10_000)

describe.each<[string, readonly Pick<ApiTrick, 'what' | 'code' | 'request'>[], boolean]>([
  ['paths', PATHS, true],
  ['fields', FIELDS, true],
  ['methods', METHODS.filter(({ code }) => code !== 'SP_REQUEST_UNREADABLE'), true],
  ['methods that do not exist', METHODS.filter(({ code }) => code === 'SP_REQUEST_UNREADABLE'), false],
  ['broken frames', FRAMES, false],
  ['strangers', STRANGERS.filter(({ what }) => !what.startsWith('a second request')), false],
])('%s', (_, tricks, recorded) => {
  test.each(tricks)('$what is refused, as $code', async ({ code, request }) => {
    const before = seen.length
    const answer = await send(request(aim))
    const codes = [...answer.matchAll(/"code":"(SP_[A-Z_]+)"/g)].map(([, found]) => found)
    expect(codes).toContain(code === 'denied' ? 'SP_DENIED' : code)
    expect(seen).toHaveLength(before)
  })

  if (!recorded) return
  test('each of them is in the record', async () => {
    const items = await api.timeline(gateway, (all) => all.length >= tricks.length)
    expect(items.filter(({ verdict }) => verdict === 'deny').length).toBeGreaterThanOrEqual(tricks.length)
  })
})

test.each(PASSING)('$what', async ({ seen: expected, request }) => {
  const answer = await send(request(aim))
  expect(answer).toContain('HTTP/1.1 200 ')
  const last = seen.at(-1)
  expect(`${last?.method} ${last?.url}`).toBe(expected)
  for (const name of ['upgrade', 'http2-settings', 'x-hop', 'authorization'])
    expect(last?.headers).not.toHaveProperty(name)
})
