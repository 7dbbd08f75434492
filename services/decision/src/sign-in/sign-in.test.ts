import type { AddressInfo } from 'node:net'
import { newEvent } from '@sallyport/events'
import { CLIENT, startOpenIdProvider } from '@sallyport/native/openid'
import { DEVELOPMENT, tokenHash } from '@sallyport/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ask, clock, type Instance, logWithTokens, startInstance } from '../testing/instance.ts'
import { Browser } from '../testing/redirected-browser.ts'

/** In front of the processes; nothing listens there. */
const BALANCER = 'http://127.0.0.1:9'
const ROLES = 'platform=admin,sre=approver,everyone=viewer'

/** Two processes of one installation, which trust a provider. The first is the one that browsers come back to. */
async function startSignIn(environment: Record<string, string> = { SALLYPORT_SIGN_IN_ROLES: ROLES }) {
  const provider = await startOpenIdProvider()
  onTestFinished(provider.stop)
  const log = await logWithTokens()
  const given = {
    SALLYPORT_SIGN_IN_ISSUER: provider.issuer,
    SALLYPORT_SIGN_IN_CLIENT_ID: CLIENT.id,
    SALLYPORT_SIGN_IN_CLIENT_SECRET: CLIENT.secret,
    ...environment,
  }
  const start = () => startInstance(log, DEVELOPMENT, given)
  const [one, two] = [await start(), await start()]
  const [url, other] = [await listening(one), await listening(two)]
  provider.trust(`${url}/sign-in/callback`)
  return { provider, one, two, url, other, browser: new Browser() }
}

async function listening({ api }: Instance): Promise<string> {
  await api.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(api.server.address() as AddressInfo).port}`
}

type World = Awaited<ReturnType<typeof startSignIn>>

async function signIn({ browser, url }: Pick<World, 'browser' | 'url'>, to = '/healthz'): Promise<Response> {
  return browser.go(`${url}/sign-in?to=${encodeURIComponent(to)}`)
}

const callbackOf = async (world: World) => {
  await world.browser.go(`${world.url}/sign-in`, (at) => at.startsWith(`${world.url}/sign-in/callback`))
  return world.browser.visited[0] ?? ''
}

/** A page that a person reads: it runs nothing, asks nobody for anything and says where to go on. */
async function pageOf(response: Response): Promise<string> {
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  )
  const text = await response.text()
  expect(text).not.toMatch(/<(?!\/?(html|head|meta|title|style|body|main|h1|p|a|small)\b|!doctype)/)
  expect(text).toContain('<a href="/sign-in?to=/console/">Begin again</a>')
  expect(text).toContain('<a href="/sign-in?to=/console/&amp;prompt=login">Sign in as somebody else</a>')
  return text
}

const own = { 'sec-fetch-site': 'same-origin' }
const who = async ({ browser }: Pick<World, 'browser'>, url: string) => {
  const response = await browser.fetch(`${url}/v1/session`, { headers: own })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('somebody who signs in', () => {
  test('is a person with the groups and roles of the claims, at every process', async () => {
    const world = await startSignIn()
    const { provider, one, two, url, other, browser } = world
    provider.is('00u1', { preferred_username: 'dana', groups: ['sre', 'finance'] })
    const arrived = await signIn(world)
    expect(arrived.status).toBe(200)
    expect(browser.visited[0]).toBe(`${url}/healthz`)
    const [dana] = [...one.control.state().persons.values()]
    expect(dana).toMatchObject({
      name: 'dana',
      groups: ['sre', 'finance'],
      roles: ['approver'],
      identity: { issuer: provider.issuer, subject: '00u1' },
    })
    await two.control.fresh()
    for (const process of [url, other])
      expect(await who(world, process)).toMatchObject({
        status: 200,
        body: { name: 'dana', roles: ['approver'], groups: ['sre', 'finance'], personId: dana?.id },
      })
  })

  test('asked the provider with PKCE, state and nonce, and the cookie is one that no script reads', async () => {
    const world = await startSignIn()
    world.provider.is('00u1', { groups: ['sre'] })
    await signIn(world)
    const asked = new URL(
      world.browser.visited.find((one) => one.startsWith(`${world.provider.issuer}/auth?`)) ?? '',
    )
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.any(String),
      nonce: expect.any(String),
    })
    const session = world.browser.lines.find((line) => line.includes('sallyport_session='))
    expect(session).toMatch(
      /sallyport_session=sp_ses_[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    )
  })

  test('has at the next sign-in what the claims say then, and the same id', async () => {
    const world = await startSignIn()
    const persons = () => [...world.one.control.state().persons.values()]
    world.provider.is('00u1', { preferred_username: 'dana', groups: ['sre'] })
    await signIn(world)
    const [before] = persons()
    world.provider.is('00u1', { preferred_username: 'other', groups: ['everyone'] })
    await signIn(world)
    expect(persons()).toEqual([{ ...before, groups: ['everyone'], roles: ['viewer'] }])
    world.provider.is('00u1', { groups: ['nothing'] })
    expect((await signIn(world)).status).toBe(403)
    expect(persons()[0]).toMatchObject({ id: before?.id, roles: [] })
    expect((await who(world, world.url)).status).toBe(403)
  })

  test('is known by issuer and subject, and not by an address or a name', async () => {
    const world = await startSignIn()
    await ask(world.one, 'POST', '/v1/persons', { name: 'dana', email: 'dana@example.com', roles: ['owner'] })
    const claims = {
      preferred_username: 'dana',
      email: 'dana@example.com',
      email_verified: true,
      groups: ['sre'],
    }
    world.provider.is('somebody-else', claims)
    await signIn(world)
    expect((await who(world, world.url)).body).toMatchObject({ roles: ['approver'], name: 'dana-2' })
  })

  test('without a role is let in nowhere, and told how an owner gives one', async () => {
    const world = await startSignIn()
    world.provider.is('00u1', { groups: ['strangers'] })
    const refused = await signIn(world)
    expect(refused.status).toBe(403)
    const page = await pageOf(refused)
    expect(page).toContain('SP_SIGN_IN_NO_ROLE')
    expect(page).toContain(`sallyport person add NAME --issuer ${world.provider.issuer} --subject 00u1<`)
    expect(world.one.control.state().persons.size).toBe(0)
    expect((await who(world, world.url)).status).toBe(401)
  })

  test('where an owner gives the roles, is somebody whom an owner has linked', async () => {
    const world = await startSignIn({})
    const identity = { issuer: world.provider.issuer, subject: '00u1' }
    world.provider.is('00u1', { groups: ['platform'] })
    expect((await signIn(world)).status).toBe(403)
    await ask(world.one, 'POST', '/v1/persons', { name: 'dana', groups: ['sre'], identity, token: false })
    expect((await signIn(world)).status).toBe(200)
    expect((await who(world, world.url)).body).toMatchObject({
      name: 'dana',
      groups: ['sre'],
      roles: ['approver'],
    })
  })
})

describe('a session', () => {
  test('ends everywhere with its person', async () => {
    const world = await startSignIn()
    world.provider.is('00u1', { preferred_username: 'dana', groups: ['sre'] })
    await signIn(world)
    expect((await ask(world.one, 'DELETE', '/v1/persons/dana')).status).toBe(204)
    await world.two.control.fresh()
    for (const process of [world.url, world.other]) expect((await who(world, process)).status).toBe(401)
  })

  test('ends everywhere with a sign-out', async () => {
    const world = await startSignIn()
    world.provider.is('00u1', { preferred_username: 'dana', groups: ['sre'] })
    await signIn(world)
    const kept = world.browser.cookie(world.url, 'sallyport_session') ?? ''
    const out = await world.browser.fetch(`${world.url}/v1/session`, { method: 'DELETE', headers: own })
    expect(out.status).toBe(204)
    expect(world.browser.cookie(world.url, 'sallyport_session')).toBeUndefined()
    await world.two.control.fresh()
    world.browser.setCookie(world.other, 'sallyport_session', kept)
    expect((await who(world, world.other)).status).toBe(401)
  })

  test('writes nothing for a page of another origin, also one of this machine', async () => {
    const world = await startSignIn()
    world.provider.is('00u1', { groups: ['platform'] })
    await signIn(world)
    const kill = async (headers: Record<string, string>) => {
      const response = await world.browser.fetch(`${world.url}/v1/catalog/accept`, {
        method: 'POST',
        headers,
      })
      return response.status
    }
    for (const site of ['cross-site', 'same-site', 'none'])
      expect(await kill({ 'sec-fetch-site': site })).toBe(403)
    expect(await kill({})).toBe(403)
    expect(await kill({ origin: world.other })).toBe(403)
    expect(await kill({ origin: 'null' })).toBe(403)
    expect(await kill({ origin: world.url })).toBe(400)
    expect(await kill(own)).toBe(400)
    const read = await world.browser.fetch(`${world.url}/v1/session`, {
      headers: { 'sec-fetch-site': 'same-site' },
    })
    expect(read.status).toBe(403)
  })
})

describe('a callback', () => {
  test('is taken up by any process of the installation', async () => {
    const world = await startSignIn({ SALLYPORT_SIGN_IN_ROLES: ROLES, SALLYPORT_SIGN_IN_URL: BALANCER })
    world.provider.trust(`${BALANCER}/sign-in/callback`)
    world.provider.is('00u1', { preferred_username: 'dana', groups: ['sre'] })
    await world.browser.go(`${world.url}/sign-in`, (at) => at.startsWith(BALANCER))
    const { pathname, search } = new URL(world.browser.visited[0] ?? '')
    expect((await world.browser.fetch(world.other + pathname + search)).status).toBe(302)
    await world.one.control.fresh()
    expect((await who(world, world.url)).body).toMatchObject({ name: 'dana' })
  })

  test('signs in once', async () => {
    const world = await startSignIn()
    world.provider.is('00u1', { preferred_username: 'dana', groups: ['sre'] })
    const callback = await callbackOf(world)
    const again = new Browser()
    again.setCookie(callback, 'sallyport_sign_in', world.browser.cookie(callback, 'sallyport_sign_in') ?? '')
    expect((await world.browser.fetch(callback)).status).toBe(302)
    expect((await again.fetch(callback)).status).toBe(401)
  })

  test.each<[string, (browser: Browser, callback: string) => Promise<Response>]>([
    ['in another browser', (_, callback) => new Browser().fetch(callback)],
    [
      'of another state',
      (browser, callback) => browser.fetch(callback.replace(/state=[^&]+/, 'state=forged')),
    ],
    [
      'with another code',
      (browser, callback) => browser.fetch(callback.replace(/code=[^&]+/, 'code=forged')),
    ],
    [
      'of another issuer',
      (browser, callback) => browser.fetch(callback.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fx')),
    ],
    [
      'with an error',
      (browser, callback) => browser.fetch(callback.replace(/code=[^&]+/, 'error=access_denied')),
    ],
    [
      'with a forged cookie',
      (browser, callback) => {
        browser.setCookie(callback, 'sallyport_sign_in', Buffer.alloc(80, 'x').toString('base64url'))
        return browser.fetch(callback)
      },
    ],
  ])('%s signs nobody in', async (_, come) => {
    const world = await startSignIn()
    world.provider.is('00u1', { groups: ['sre'] })
    const refused = await come(world.browser, await callbackOf(world))
    expect(refused.status).toBe(401)
    expect(await pageOf(refused)).toContain('SP_SIGN_IN_FAILED')
    expect(world.one.control.state().persons.size).toBe(0)
  })
})

describe('the page of a fault', () => {
  const HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u202e'

  test('shows nothing of what came with the request', async () => {
    const world = await startSignIn()
    const query = (more: object) => new URLSearchParams({ ...more }).toString()
    const paths = [
      `/sign-in/callback?${query({ state: HOSTILE, code: HOSTILE, error_description: HOSTILE })}`,
      `/sign-in/callback?${query({ error: HOSTILE, error_description: HOSTILE, error_uri: HOSTILE })}`,
      `/sign-in?${query({ to: HOSTILE.repeat(100) })}`,
    ]
    for (const path of paths) {
      const text = await pageOf(await world.browser.fetch(world.url + path))
      expect(text).not.toMatch(/script|onerror|alert|\u202e/)
    }
  })

  test('shows what the provider calls somebody as text, and as one word of a command', async () => {
    const world = await startSignIn()
    world.provider.is(`x'; rm -rf ~ #<script>`, { groups: [] })
    const text = await pageOf(await signIn(world))
    expect(text).toContain('--subject &#39;x&#39;\\&#39;&#39;; rm -rf ~ #&lt;script&gt;&#39;<')
  })

  test('says that the provider declined, and that it does not answer', async () => {
    const world = await startSignIn()
    world.provider.asks({ '00u1': { groups: ['sre'] } })
    const form = await signIn(world)
    const declined = await world.browser.go(`${form.url}?account=`)
    expect(declined.status).toBe(401)
    expect(await pageOf(declined)).toContain('The OpenID provider did not let you sign in')
    world.provider.is('00u1', { groups: ['sre'] })
    const callback = await callbackOf(world)
    world.provider.stop()
    const silent = await world.browser.fetch(callback)
    expect(silent.status).toBe(503)
    expect(await pageOf(silent)).toContain('SP_SIGN_IN_UNAVAILABLE')
  })
})

test.each([
  ['//evil.example/'],
  ['https://evil.example/'],
  ['/\\evil.example'],
  ['/.//evil.example'],
  ['\t//evil.example'],
])('after a sign-in to %j the browser stays here', async (to) => {
  const world = await startSignIn()
  world.provider.is('00u1', { groups: ['sre'] })
  await signIn(world, to)
  expect(new URL(world.browser.visited[0] ?? '').origin).toBe(world.url)
})

describe('without a provider', () => {
  test('nobody signs in so, and the way says it', async () => {
    const { api } = await startInstance(await logWithTokens())
    expect((await api.inject('/sign-in')).statusCode).toBe(404)
    expect((await api.inject('/sign-in/callback?state=a&code=b')).statusCode).toBe(404)
    expect((await api.inject('/sign-in/ways')).json()).toEqual({ openid: false })
  })

  test('a token begins a session, which ends with the token', async () => {
    const instance = await startInstance(await logWithTokens())
    const { body: dana } = await ask(instance, 'POST', '/v1/persons', { name: 'dana' })
    const begun = await instance.api.inject({
      method: 'POST',
      url: '/v1/session',
      headers: { authorization: `Bearer ${dana.token}`, host: 'sallyport.example' },
    })
    expect(begun.json()).toMatchObject({ name: 'dana', roles: ['approver'], expiresAt: expect.any(String) })
    const [set = ''] = [begun.headers['set-cookie']].flat()
    expect(set).toMatch(
      /^__Host-sallyport_session=.+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
    )
    const cookie = set.split(';')[0] ?? ''
    const get = (host = 'sallyport.example') =>
      instance.api.inject({ url: '/v1/session', headers: { cookie, host, ...own } })
    expect((await get()).json()).toMatchObject({ name: 'dana' })
    expect((await get('127.0.0.1:8081')).statusCode).toBe(401)
    await ask(instance, 'POST', '/v1/persons/dana/rotate')
    expect((await get()).statusCode).toBe(401)
  })

  test('a session is over when its time is', async () => {
    const instance = await startInstance(await logWithTokens())
    const text = `sp_ses_${'y'.repeat(43)}`
    const { body: dana } = await ask(instance, 'POST', '/v1/persons', { name: 'dana' })
    const session = async (id: string, expiresAt: string) => {
      const data = {
        ...{ actor: { type: 'system' as const, name: 'test' }, idempotencyKey: null },
        ...{ id, name: `person:dana:${id}`, scope: null, tokenHash: tokenHash(text + id), expiresAt },
        holder: { type: 'person' as const, id: dana.id },
      }
      const draft = { source: '/decision', subject: id, tenant: 'default', key: 'default', data }
      const event = newEvent({ type: 'sallyport.token.issued.v2', ...draft }, clock())
      await instance.control.settled(await instance.publisher.publish(event))
      return ask(instance, 'GET', '/v1/session', undefined, { token: text + id })
    }
    expect((await session('0000000a', '2026-11-21T12:00:00.001Z')).status).toBe(200)
    expect((await session('0000000b', '2026-11-21T12:00:00.000Z')).status).toBe(401)
  })
})
