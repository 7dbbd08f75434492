import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { type ApiToken, type ControlView, INITIAL_STATE } from '@sallyport/control'
import { type HealthCheck, SallyportError, silentLogger } from '@sallyport/runtime'
import { Type } from 'typebox'
import { afterEach, describe, expect, test } from 'vitest'
import type { ApiPlugin } from './api-plugin.ts'
import { type ApiServer, type ApiServerOptions, createApiServer } from './api-server.ts'
import { ListOf, PageQuery, pageOf } from './page.ts'
import { forEverybody } from './testing/for-everybody.ts'

const servers: ApiServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

const SCOPES = ['admin', 'approver', 'analyst', 'bot'] as const

/** Knows the tokens `admin-token`, `approver-token`, …; only what the API asks of control state. */
function controlOf(fault: () => string | undefined = () => undefined): ControlView {
  const known = new Map<string, ApiToken>(
    SCOPES.map((scope) => [
      `${scope}-token`,
      {
        id: scope,
        name: `the-${scope}`,
        scope,
        tokenHash: '',
        holder: null,
        expiresAt: null,
        createdAt: '',
        revokedAt: null,
      },
    ]),
  )
  return {
    state: () => INITIAL_STATE,
    authenticateGateway: () => undefined,
    authenticateApi: (token) => known.get(token),
    offset: () => 0,
    passedOver: () => 0,
    onChange: () => () => {},
    fault,
  }
}

function serve(plugin: ApiPlugin, options: Partial<ApiServerOptions> = {}): ApiServer {
  const server = createApiServer({
    title: 'Test',
    version: '1.2.3',
    control: controlOf(),
    roles: {
      ...forEverybody(
        'GET /v1/me',
        'GET /v1/unexpected',
        'GET /v1/conflict',
        'POST /v1/named',
        'GET /v1/names',
      ),
      'POST /v1/admins': ['owner', 'admin'],
      'GET /v1/votes': ['admin', 'approver', 'bot'],
    },
    plugins: [plugin],
    health: {},
    clock: () => new Date(0),
    logger: silentLogger,
    ...options,
  })
  servers.push(server)
  return server
}

const as = (scope: string) => ({ authorization: `Bearer ${scope}-token` })

const whoAmI: ApiPlugin = async (server) => {
  server.get('/v1/me', async (request) => request.principal)
  server.post('/v1/admins', async () => ({ done: true }))
  server.get('/v1/votes', async () => ({ done: true }))
}

describe('a request', () => {
  test('without a token is asked for one', async () => {
    const response = await serve(whoAmI).inject('/v1/me')
    expect(response.statusCode).toBe(401)
    expect(response.headers['www-authenticate']).toBe('Bearer realm="sallyport"')
    expect(response.headers['content-type']).toContain('application/problem+json')
    expect(response.json()).toMatchObject({ status: 401, code: 'SP_UNAUTHENTICATED' })
  })

  test.each(['Bearer nobody', 'Basic YTpi', 'Bearer ', 'Bearer admin-token admin-token'])(
    'with %j is not authenticated',
    async (authorization) => {
      const response = await serve(whoAmI).inject({ url: '/v1/me', headers: { authorization } })
      expect(response.statusCode).toBe(401)
      expect(response.headers['www-authenticate']).toContain('error="invalid_token"')
    },
  )

  test('with a token is that of its principal', async () => {
    const server = serve(whoAmI)
    const person = await server.inject({ url: '/v1/me', headers: as('analyst') })
    const bot = await server.inject({ url: '/v1/me', headers: as('bot') })
    expect(person.json()).toMatchObject({
      id: 'analyst',
      name: 'the-analyst',
      reach: ['analyst'],
      type: 'person',
    })
    expect(bot.json()).toMatchObject({ id: 'bot', name: 'the-bot', reach: ['bot'], type: 'bot' })
  })

  test.each(['1.1 sallyport', '1.1 edge, 2 SALLYPORT', '1.0 a (b), 1.1 sallyport ,1.1 c'])(
    'that came through a Sallyport proxy (via: %s) writes nothing, with any token',
    async (via) => {
      const server = serve(whoAmI)
      const headers = { ...as('admin'), via }
      const written = await server.inject({ method: 'POST', url: '/v1/admins', headers })
      expect(written.statusCode).toBe(403)
      expect(written.json()).toMatchObject({ code: 'SP_AGENT_REFUSED' })
      expect((await server.inject({ url: '/v1/me', headers })).statusCode).toBe(200)
    },
  )

  test('that came through another proxy is taken', async () => {
    const headers = { ...as('admin'), via: '1.1 sallyport.example, 1.1 varnish' }
    const taken = await serve(whoAmI).inject({ method: 'POST', url: '/v1/admins', headers })
    expect(taken.statusCode).toBe(200)
  })

  test.each([
    ['admin', 200],
    ['approver', 200],
    ['bot', 200],
    ['analyst', 403],
  ])('of scope %s on a route for approvers and bots gets %i', async (scope, status) => {
    const response = await serve(whoAmI).inject({ url: '/v1/votes', headers: as(scope) })
    expect(response.statusCode).toBe(status)
  })

  test('is refused while control state may be stale', async () => {
    const server = serve(whoAmI, { control: controlOf(() => 'the log is gone') })
    const response = await server.inject({ url: '/v1/me', headers: as('admin') })
    expect(response.statusCode).toBe(503)
    expect(response.json()).toMatchObject({ code: 'SP_CONTROL_UNAVAILABLE' })
  })

  test.each([
    ['localhost', 200],
    ['127.0.0.1:8081', 200],
    ['127.0.0.2:8081', 200],
    ['[::1]:8081', 200],
    ['[::ffff:7f00:1]', 200],
    ['rebound.example:8081', 421],
    ['localhost.', 421],
    ['a.localhost', 421],
    ['0.0.0.0', 421],
  ])('that names the host %j gets %i on loopback', async (host, status) => {
    const server = serve(whoAmI, { allowedHosts: 'loopback' })
    const response = await server.inject({ url: '/v1/me', headers: { ...as('admin'), host } })
    expect(response.statusCode).toBe(status)
  })

  test('under another host is refused where hosts are given', async () => {
    const server = serve(whoAmI, { allowedHosts: ['API.example'] })
    const ask = (host: string) => server.inject({ url: '/v1/me', headers: { ...as('admin'), host } })
    expect((await ask('127.0.0.1:8081')).statusCode).toBe(421)
    expect((await ask('api.example:8081')).statusCode).toBe(200)
  })

  test('gets headers that keep the answer from caches and other origins', async () => {
    const { headers } = await serve(whoAmI).inject({ url: '/v1/me', headers: as('admin') })
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    expect(headers).not.toHaveProperty('access-control-allow-origin')
  })
})

describe('a route', () => {
  test('that is not in the table of roles cannot be registered', async () => {
    const server = serve(async (routes) => {
      routes.delete('/v1/everything', async () => null)
    })
    await expect(server.ready()).rejects.toThrow('not in the table of roles')
  })

  test('under /v1 cannot be public', async () => {
    const server = serve(async (routes) => {
      routes.get('/v1/everything', { config: { public: true } }, async () => null)
    })
    await expect(server.ready()).rejects.toThrow('cannot be public')
  })
})

describe('a problem', () => {
  const failing: ApiPlugin = async (server) => {
    server.get('/v1/unexpected', async () => {
      throw new Error('password=hunter2')
    })
    server.get('/v1/conflict', async () => {
      throw new SallyportError('SP_TEST', 'conflict', 'dana answered it')
    })
    server.post(
      '/v1/named',
      {
        schema: {
          body: Type.Object({ name: Type.String({ pattern: '^[a-z]+$' }) }, { additionalProperties: false }),
        },
      },
      async (request) => request.body,
    )
  }

  test('of an unexpected error tells nothing of it', async () => {
    const response = await serve(failing).inject({ url: '/v1/unexpected', headers: as('admin') })
    expect(response.statusCode).toBe(500)
    expect(response.json()).toMatchObject({ code: 'SP_INTERNAL' })
    expect(response.body).not.toContain('hunter2')
  })

  test('of an error of ours carries its code and what it says', async () => {
    const response = await serve(failing).inject({ url: '/v1/conflict', headers: as('admin') })
    expect(response.json()).toEqual({
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      detail: 'dana answered it',
      code: 'SP_TEST',
    })
  })

  test('of an address without a route is 404', async () => {
    const response = await serve(failing).inject('/v1/nothing')
    expect(response.json()).toMatchObject({ status: 404, code: 'SP_NOT_FOUND' })
  })

  test.each([
    ['a schema it breaks', '{"name":"A"}', 'application/json', 400, 'SP_REQUEST_INVALID'],
    ['an unknown member', '{"name":"a","x":1}', 'application/json', 400, 'SP_REQUEST_INVALID'],
    ['no JSON', '{', 'application/json', 400, 'SP_REQUEST_INVALID'],
    ['half a surrogate pair', '{"name":"\\ud800"}', 'application/json', 400, 'SP_REQUEST_INVALID'],
    ['a poisoned prototype', '{"__proto__":{}}', 'application/json', 400, 'SP_REQUEST_INVALID'],
    ['a form', 'name=a', 'application/x-www-form-urlencoded', 415, 'SP_MEDIA_TYPE_UNSUPPORTED'],
    ['too much', `"${'a'.repeat(1_048_576)}"`, 'application/json', 413, 'SP_BODY_TOO_LARGE'],
  ])('of a body with %s says so', async (_what, payload, type, status, code) => {
    const headers = { ...as('admin'), 'content-type': type }
    const response = await serve(failing).inject({ method: 'POST', url: '/v1/named', headers, payload })
    expect(response.json()).toMatchObject({ status, code })
  })

  test('of a body that breaks its schema says where', async () => {
    const payload = { name: 'A' }
    const response = await serve(failing).inject({
      method: 'POST',
      url: '/v1/named',
      headers: as('admin'),
      payload,
    })
    expect(response.json().detail).toMatch(/^name must match pattern/)
  })
})

describe('a list', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const listing: ApiPlugin = async (server) => {
    server.get(
      '/v1/names',
      { schema: { querystring: PageQuery, response: { 200: ListOf(Type.Object({ name: Type.String() })) } } },
      async (request) =>
        pageOf(
          names.map((name) => ({ name })),
          (item) => item.name,
          request.query,
        ),
    )
  }

  test('is read page by page without a gap', async () => {
    const server = serve(listing)
    const seen: string[] = []
    let query = '?limit=2'
    for (let page = 0; page < 3; page++) {
      const { items, next } = (await server.inject({ url: `/v1/names${query}`, headers: as('admin') })).json()
      seen.push(...items.map((item: { name: string }) => item.name))
      query = `?limit=2&cursor=${next}`
      if (page === 2) expect(next).toBeNull()
    }
    expect(seen).toEqual(names)
  })

  test.each(['%7B%7D', 'e30', 'bm90IGpzb24'])('refuses the cursor %j', async (cursor) => {
    const response = await serve(listing).inject({ url: `/v1/names?cursor=${cursor}`, headers: as('admin') })
    expect(response.json()).toMatchObject({ status: 400, code: 'SP_CURSOR_INVALID' })
  })

  test.each(['limit=0', 'limit=501', 'limit=x', 'limits=3'])('refuses ?%s', async (query) => {
    const response = await serve(listing).inject({ url: `/v1/names?${query}`, headers: as('admin') })
    expect(response.json()).toMatchObject({ status: 400, code: 'SP_REQUEST_INVALID' })
  })
})

describe('what needs no token', () => {
  const health: Record<string, HealthCheck> = {
    log: () => ({ status: 'ok', facts: { lag: 0 } }),
    approvals: () => ({ status: 'down', reason: 'no answer' }),
  }

  test('/healthz says only whether a part is down', async () => {
    const response = await serve(whoAmI, { health }).inject('/healthz')
    expect(response.statusCode).toBe(503)
    expect(response.json()).toEqual({ status: 'down' })
  })

  test('/v1/status says why, to whoever has a token', async () => {
    const server = serve(whoAmI, { health })
    expect((await server.inject('/v1/status')).statusCode).toBe(401)
    const response = await server.inject({ url: '/v1/status', headers: as('analyst') })
    expect(response.json()).toEqual({
      status: 'down',
      at: '1970-01-01T00:00:00.000Z',
      killSwitches: [],
      parts: {
        log: { status: 'ok', facts: { lag: 0 } },
        approvals: { status: 'down', reason: 'no answer' },
      },
    })
  })

  test.each([
    ['well', undefined],
    ['perhaps stale', 'the log is away'],
  ])(
    '/v1/status names each kill switch that is on, which is no trouble of a part: control state %s',
    async (_, fault) => {
      const set = (scope: string, reason: string | null) => ({
        scope,
        reason,
        since: '2026-11-28T12:00:00.000Z',
        by: 'dana',
      })
      const on = [set('global', 'drill'), set('connector:mcp', null)]
      const killSwitches = new Map(on.map((one) => [one.scope, one]))
      const control = { ...controlOf(() => fault), state: () => ({ ...INITIAL_STATE, killSwitches }) }
      const server = serve(whoAmI, { control, health: { log: () => ({ status: 'ok' }) } })
      const response = await server.inject({ url: '/v1/status', headers: as('bot') })
      expect(response.json()).toMatchObject({
        status: 'ok',
        killSwitches: on.map((one) => ({ ...one, on: true })),
      })
    },
  )

  test('/metrics counts requests by route and never by address', async () => {
    const server = serve(whoAmI)
    await server.inject('/v1/unknown-address')
    await server.inject({ url: '/v1/me', headers: as('admin') })
    const { body } = await server.inject('/metrics')
    expect(body).toContain('sallyport_api_request_seconds_count{method="GET",route="/v1/me",status="200"} 1')
    expect(body).not.toContain('unknown-address')
  })

  test('/metrics says how many records of the log each part passed over, and what that means', async () => {
    const control = { status: 'ok', facts: { passedOver: 3 } } as const
    const { body } = await serve(whoAmI, {
      health: { control: () => control, other: () => ({ status: 'ok' }) },
    }).inject('/metrics')
    expect(body).toMatch(/^# HELP sallyport_events_passed_over_total Records of the log/m)
    expect(body).toMatch(/^sallyport_events_passed_over_total\{part="control"\} 3$/m)
    expect(body).not.toContain('sallyport_events_passed_over_total{part="other"}')
  })

  test.each([
    ['sallyport_events_lost_total', 'log', 2],
    ['sallyport_approvals_open', 'approvals', 4],
    ['sallyport_lag_events', 'ingest', 7],
    ['sallyport_lag_seconds', 'ingest', 1.5],
    ['sallyport_part_status', 'log', 0.5],
  ])('/metrics has %s with its meaning', async (name, part, value) => {
    const { body } = await serve(whoAmI, {
      health: {
        log: () => ({ status: 'degraded', facts: { lost: 2 } }),
        approvals: () => ({ status: 'ok', facts: { open: 4 } }),
        ingest: () => ({ status: 'ok', facts: { lagEvents: 7, lagMs: 1500 } }),
      },
    }).inject('/metrics')
    expect(body).toMatch(new RegExp(`^# HELP ${name} .{20,}`, 'm'))
    expect(body).toContain(`${name}{part="${part}"} ${value}\n`)
  })

  test('/metrics says how many lines the log of the process lacks, and why', async () => {
    const logger = { ...silentLogger, lost: () => ({ unwritable: 60, flood: 4 }) }
    const { body } = await serve(whoAmI, { logger }).inject('/metrics')
    expect(body).toMatch(/^# HELP sallyport_log_lines_lost_total Lines that are not in the log/m)
    expect(body).toMatch(/^sallyport_log_lines_lost_total\{reason="unwritable"\} 60$/m)
    expect(body).toMatch(/^sallyport_log_lines_lost_total\{reason="flood"\} 4$/m)
  })

  test('/openapi.json describes the routes, their roles and the problem', async () => {
    const document = (await serve(whoAmI).inject('/openapi.json')).json()
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Test', version: '1.2.3' } })
    const votes = document.paths['/v1/votes'].get
    expect(votes.security).toEqual([{ token: [] }])
    expect(votes.description).toContain('admin, approver, bot')
    expect(votes.responses.default.content).toHaveProperty('application/problem+json')
    expect(document.paths['/healthz'].get.security).toEqual([])
  })

  test('/docs is a page whose script comes from the same server', async () => {
    const server = serve(whoAmI)
    expect((await server.inject('/docs')).headers.location).toBe('/docs/')
    const page = await server.inject('/docs/')
    expect(page.headers['content-type']).toContain('text/html')
    expect(page.headers['content-security-policy']).toContain("connect-src 'self'")
    expect(page.body).toContain('js/scalar.js')
    expect(page.body).not.toMatch(/(?:src|href)="?https?:/)
    const script = await server.inject('/docs/js/scalar.js')
    expect(script.headers['content-type']).toContain('javascript')
    expect(script.body.length).toBeGreaterThan(1_000_000)
  })
})

test.each(['ends', 'closes', 'resets'])(
  'a caller that %s its connection in the middle of a body is not a fault of ours',
  async (how) => {
    const logged: string[] = []
    const server = serve(whoAmI, {
      logger: { ...silentLogger, error: (_, message) => void logged.push(message) },
    })
    await server.listen({ host: '127.0.0.1', port: 0 })
    const connected = once(server.server, 'connection')
    const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1')
    const head = [
      'POST /v1/admins HTTP/1.1',
      'host: localhost',
      `authorization: ${as('admin').authorization}`,
    ]
    const body = ['content-type: application/json', 'content-length: 100', 'expect: 100-continue']
    socket.write(`${[...head, ...body].join('\r\n')}\r\n\r\n`)
    const [theirs] = (await connected) as [Socket]
    const gone = new Promise((resolve) => theirs.once('close', resolve))
    expect(String((await once(socket, 'data'))[0])).toContain('100 Continue')
    socket.write('{"a":')
    if (how === 'ends') socket.end()
    else if (how === 'closes') socket.destroy()
    else socket.resetAndDestroy()
    await gone
    await new Promise(setImmediate)
    expect(logged).toEqual([])
  },
)
