import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ApiToken, type ControlState, type ControlView, INITIAL_STATE } from '@sallyport/control'
import { silentLogger } from '@sallyport/runtime'
import { afterEach, expect, test } from 'vitest'
import { type ApiServer, createApiServer } from './api-server.ts'
import { sse } from './sse.ts'
import { forEverybody } from './testing/for-everybody.ts'

const NOW = '2026-01-01T00:00:00.000Z'

/** Control state with tokens only, changed by hand. */
class Tokens implements ControlView {
  readonly #tokens = new Map<string, ApiToken>()
  readonly #listeners = new Set<(state: ControlState) => void>()

  set(name: string, id: string, revokedAt: string | null = null): void {
    this.#tokens.set(name, {
      id,
      name,
      scope: 'analyst',
      tokenHash: '',
      holder: null,
      expiresAt: null,
      createdAt: NOW,
      revokedAt,
    })
    for (const listener of this.#listeners) listener(this.state())
  }
  state = () => ({ ...INITIAL_STATE, tokens: this.#tokens })
  authenticateGateway = () => undefined
  authenticateApi = (token: string) => this.#tokens.get(token)
  offset = () => 0
  passedOver = () => 0
  fault = () => undefined
  onChange(listener: (state: ControlState) => void) {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

const open: { server: ApiServer; readers: IncomingMessage[] }[] = []
afterEach(async () => {
  for (const { server, readers } of open.splice(0)) {
    for (const reader of readers) reader.destroy()
    await server.close()
  }
})

async function streaming() {
  const control = new Tokens()
  control.set('ana', '1')
  control.set('ben', '2')
  const server = createApiServer({
    title: 'Test',
    version: '1',
    control,
    roles: forEverybody('GET /v1/live'),
    plugins: [async (routes) => void routes.get('/v1/live', async (_, reply) => void sse(reply))],
    health: {},
    clock: () => new Date(0),
    logger: silentLogger,
  })
  const readers: IncomingMessage[] = []
  open.push({ server, readers })
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo
  const read = async (token: string): Promise<IncomingMessage> => {
    const headers = { authorization: `Bearer ${token}` }
    const [response] = await once(get({ port, host: '127.0.0.1', path: '/v1/live', headers }), 'response')
    readers.push(response.resume())
    return response
  }
  return { control, read }
}

test.each([
  ['revoked', (control: Tokens) => control.set('ana', '1', NOW)],
  ['revoked and its name given again', (control: Tokens) => control.set('ana', '3')],
])("the stream of a token ends when that is %s, and nobody else's does", async (_, revoke) => {
  const { control, read } = await streaming()
  const [anas, bens] = [await read('ana'), await read('ben')]
  const ended = once(anas, 'end')

  revoke(control)

  await ended
  expect(bens.complete).toBe(false)
})

test('a token has streams up to a number, and another token still gets its own', async () => {
  const { read } = await streaming()
  const statuses = []
  for (let n = 0; n < 33; n++) statuses.push((await read('ana')).statusCode)

  expect(statuses.slice(0, 32)).toEqual(Array(32).fill(200))
  expect(statuses[32]).toBe(429)
  expect((await read('ben')).statusCode).toBe(200)
})
