import { type ControlView, INITIAL_STATE } from '@sallyport/control'
import { SallyportError, silentLogger } from '@sallyport/runtime'
import { afterEach, describe, expect, test } from 'vitest'
import { type ApiServer, createApiServer } from './api-server.ts'
import { forEverybody } from './testing/for-everybody.ts'

const servers: ApiServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

/** Every token is good. Its name is what stands before a dot, its id is all of it. */
const control: ControlView = {
  offset: () => 0,
  passedOver: () => 0,
  state: () => INITIAL_STATE,
  authenticateGateway: () => undefined,
  authenticateApi: (token) => ({
    id: token,
    name: token.split('.')[0] ?? '',
    scope: 'admin',
    tokenHash: '',
    holder: null,
    expiresAt: null,
    createdAt: '',
    revokedAt: null,
  }),
  onChange: () => () => {},
  fault: () => undefined,
}

interface Gate {
  readonly runs: number
  release(): void
}

/** POST /v1/things answers the how-manieth run it is; `?fail=1` fails on the first; `?wait=1` waits for `release`. */
function serveThings(now: () => number = () => 0): { server: ApiServer; gate: Gate } {
  const { promise: released, resolve } = Promise.withResolvers<void>()
  const gate = { runs: 0, release: () => resolve() }
  const server = createApiServer({
    title: 'Test',
    version: '0',
    control,
    roles: forEverybody('POST /v1/things'),
    health: {},
    clock: () => new Date(now()),
    logger: silentLogger,
    plugins: [
      async (routes) => {
        routes.post('/v1/things', async (request, reply) => {
          gate.runs += 1
          const run = gate.runs
          const query = request.query as Record<string, string>
          if (query['wait']) await released
          if (query['fail'] && run === 1) throw new SallyportError('SP_TEST', 'unavailable', 'later')
          return reply.code(201).send({ run, key: request.idempotencyKey })
        })
      },
    ],
  })
  servers.push(server)
  return { server, gate }
}

const post = (server: ApiServer, key: string, { url = '/v1/things', body = {}, token = 'dana' } = {}) =>
  server.inject({
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': key },
    payload: body,
  })

describe('a write repeated with its key', () => {
  test('gets the first answer and does not run again', async () => {
    const { server, gate } = serveThings()
    const first = await post(server, 'k')
    const second = await post(server, 'k')
    expect(second.statusCode).toBe(201)
    expect(second.body).toBe(first.body)
    expect(second.headers['content-type']).toBe(first.headers['content-type'])
    expect(second.headers['idempotency-replayed']).toBe('true')
    expect(first.headers).not.toHaveProperty('idempotency-replayed')
    expect(gate.runs).toBe(1)
  })

  test('while the first still runs waits for its answer', async () => {
    const { server, gate } = serveThings()
    const both = [
      post(server, 'k', { url: '/v1/things?wait=1' }),
      post(server, 'k', { url: '/v1/things?wait=1' }),
    ]
    gate.release()
    const [first, second] = await Promise.all(both)
    expect(second?.body).toBe(first?.body)
    expect(gate.runs).toBe(1)
  })

  test('but another body is refused', async () => {
    const { server, gate } = serveThings()
    await post(server, 'k', { body: { a: 1 } })
    const other = await post(server, 'k', { body: { a: 2 } })
    expect(other.json()).toMatchObject({ status: 422, code: 'SP_IDEMPOTENCY_MISMATCH' })
    expect(gate.runs).toBe(1)
  })

  test('runs in earnest where the first met a fault', async () => {
    const { server, gate } = serveThings()
    expect((await post(server, 'k', { url: '/v1/things?fail=1' })).statusCode).toBe(503)
    expect((await post(server, 'k', { url: '/v1/things?fail=1' })).statusCode).toBe(201)
    expect(gate.runs).toBe(2)
  })

  test.each([
    ['another principal', 'eve.1'],
    ['another token that got the name', 'dana.2'],
  ])('by %s is another write', async (_claim, token) => {
    const { server, gate } = serveThings()
    const mine = await post(server, 'k', { token: 'dana.1' })
    const theirs = await post(server, 'k', { token })
    expect(gate.runs).toBe(2)
    expect(mine.json().key).not.toBe(theirs.json().key)
    expect(mine.json().key).toMatch(/^[0-9a-f]{64}$/)
  })

  test('is a new write a day later', async () => {
    let now = 0
    const { server, gate } = serveThings(() => now)
    await post(server, 'k')
    now = 24 * 60 * 60 * 1000
    await post(server, 'k')
    expect(gate.runs).toBe(2)
  })
})

test.each(['', 'with space', 'a'.repeat(256), 'ключ'])('the key %j is refused', async (key) => {
  const { server, gate } = serveThings()
  const response = await post(server, key)
  expect(response.json()).toMatchObject({ status: 400, code: 'SP_IDEMPOTENCY_KEY_INVALID' })
  expect(gate.runs).toBe(0)
})
