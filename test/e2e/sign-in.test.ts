import { freePort } from '@sallyport/native'
import { CLIENT, type OpenIdProvider, startOpenIdProvider } from '@sallyport/native/openid'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startNoteServer } from '../holds/note-server.ts'
import { type Agent, connectAgent, textOf } from './support/agent.ts'
import { type Api, apiOf } from './support/api.ts'
import { chromiumFor, launchChromium } from './support/chromium.ts'
import type { Composition } from './support/composition.ts'
import { fleetEngines, startFleetComposition } from './support/fleet-composition.ts'
import { startStandalone } from './support/standalone-composition.ts'

const hasChromium = chromiumFor('people sign in')
const hasFleet = fleetEngines.kafka.available && fleetEngines.nats.available

const PEOPLE = {
  '00u-dana': { preferred_username: 'dana', groups: ['finance', 'Domain Users'], roles: ['holds'] },
  '00u-lee': { preferred_username: 'lee', groups: ['sre'], roles: ['holds'] },
  '00u-ana': { preferred_username: 'ana', groups: ['auditors'] },
  '00u-sam': { preferred_username: 'sam', groups: ['strangers'] },
}
const ROLES = 'holds=approver,auditors=analyst,holds=viewer'

/** Sallyport with this in its environment, and every API process behind its one address. */
interface Started {
  readonly composition: Composition
  readonly processes: readonly string[]
}

async function standalone(environment: Record<string, string>): Promise<Started> {
  const composition = await startStandalone({ environment })
  return { composition, processes: [composition.api] }
}

async function fleet(environment: Record<string, string>): Promise<Started> {
  const apiPort = await freePort()
  const url = `http://127.0.0.1:${apiPort}`
  const composition = await startFleetComposition({
    apiPort,
    environment: { ...environment, SALLYPORT_SIGN_IN_URL: url },
  })
  return { composition, processes: composition.fleet.apis }
}

describe.skipIf(!hasChromium).each([
  ['standalone', standalone, true],
  ['fleet', fleet, hasFleet],
] as const)('people sign in to a %s', (_, start, canRun) => {
  if (!canRun) {
    test.skip('an engine of the fleet is not there', () => {})
    return
  }
  let provider: OpenIdProvider
  let server: Awaited<ReturnType<typeof startNoteServer>>
  let composition: Composition
  let processes: readonly string[]
  let api: Api
  let agent: Agent
  let gateway: string
  let browser: Browser
  const contexts: BrowserContext[] = []

  beforeAll(async () => {
    // Another site than Sallyport's: what comes back from it is cross-site for the browser.
    provider = await startOpenIdProvider('localhost')
    provider.asks(PEOPLE)
    server = await startNoteServer()
    const started = await start({
      SALLYPORT_SIGN_IN_ISSUER: provider.issuer,
      SALLYPORT_SIGN_IN_CLIENT_ID: CLIENT.id,
      SALLYPORT_SIGN_IN_CLIENT_SECRET: CLIENT.secret,
      SALLYPORT_SIGN_IN_ROLES: ROLES,
    })
    composition = started.composition
    processes = started.processes
    provider.trust(`${composition.api}/sign-in/callback`)
    api = apiOf(composition)
    const added = await api.addGateway('pay-agent')
    gateway = added.name
    const upstream = await api.addUpstream(server.url)
    const approval = { stages: '1 of group:finance' }
    const permission = { gateway, action: 'mcp.tools.note', decision: 'require_approval', approval }
    await api.client.write('PUT', '/v1/permissions', permission)
    await composition.inForce()
    agent = await connectAgent(composition.proxies[0] as string, upstream, added.token)
    browser = await launchChromium()
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
  })
  afterAll(async () => {
    await browser?.close()
    await agent?.close()
    await composition?.stop()
    await server?.stop()
    provider?.stop()
  })

  async function opened(path: string): Promise<Page> {
    const context = await browser.newContext()
    contexts.push(context)
    const page = await context.newPage()
    await page.goto(composition.api + path)
    return page
  }

  /** From the page that asks who it is, to the provider, and back. */
  async function signIn(page: Page, account: keyof typeof PEOPLE | 'Decline') {
    await page.getByRole('link', { name: 'Sign in with your organisation' }).click()
    expect(new URL(page.url()).origin).toBe(provider.issuer)
    await page.getByRole('button', { name: account }).click()
  }

  async function signedIn(account: keyof typeof PEOPLE): Promise<Page> {
    const page = await opened('/console/')
    await signIn(page, account)
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    return page
  }

  const personNamed = async (name: string) => {
    const { items } = await api.client.get<{ items: Person[] }>('/v1/persons', {})
    return items.find((person) => person.name === name)
  }

  /** What each process says to the cookie that a browser has, or had. */
  async function statusesFor(cookie: string): Promise<number[]> {
    const headers = { cookie, 'sec-fetch-site': 'same-origin' }
    const asked = processes.map(async (url) => (await fetch(`${url}/v1/status`, { headers })).status)
    return Promise.all(asked)
  }
  async function cookieOf(page: Page): Promise<string> {
    const [cookie] = (await page.context().cookies()).filter(({ name }) => name === 'sallyport_session')
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' })
    return `sallyport_session=${cookie?.value}`
  }

  test('with the groups and roles of their claims, and answer what is theirs to answer', async () => {
    const lee = await signedIn('00u-lee')
    const dana = await signedIn('00u-dana')
    await dana.getByText('dana', { exact: true }).waitFor()
    expect(await personNamed('dana')).toMatchObject({
      groups: ['finance'],
      roles: ['approver', 'viewer'],
      identity: { issuer: provider.issuer, subject: '00u-dana' },
    })
    await composition.inForce()
    expect(new Set(await statusesFor(await cookieOf(dana)))).toEqual(new Set([200]))

    const answer = agent.call('note', { text: 'paid' })
    await lee.getByRole('link', { name: /note/ }).click()
    await lee.getByText(/^Not for you to answer: .*finance/).waitFor()
    expect(await lee.getByRole('button', { name: 'Approve once' }).count()).toBe(0)
    await dana.getByRole('link', { name: /note/ }).click()
    await dana.locator('#arguments').scrollIntoViewIfNeeded()
    await dana.getByText('All of it was on your screen.').waitFor()
    await dana.getByRole('button', { name: 'Approve once' }).click()
    await dana.getByText('Approved and carried out, once.').waitFor()
    expect(textOf(await answer)).toBe('noted paid')
  })

  test('from the page of one approval, and come back to it', async () => {
    const answer = agent.call('note', { text: 'by a link' })
    const { approvalId } = await api.waiting(gateway)
    const page = await opened(`/approve/${approvalId}`)
    await signIn(page, '00u-dana')
    await page.getByRole('heading', { name: `${gateway} asks to call note` }).waitFor()
    expect(page.url()).toBe(`${composition.api}/approve/${approvalId}`)
    await page.locator('#arguments').scrollIntoViewIfNeeded()
    await page.getByText('All of it was on your screen.').waitFor()
    await page.getByRole('button', { name: 'Approve once' }).click()
    await page.getByText('By dana.').waitFor()
    expect(textOf(await answer)).toBe('noted by a link')
  })

  test('unless nobody gave them a role: a page says how an owner does', async () => {
    const page = await opened('/console/')
    await signIn(page, '00u-sam')
    await page.getByRole('heading', { name: 'Not allowed' }).waitFor()
    await page.getByText(`sallyport person add NAME --issuer ${provider.issuer} --subject 00u-sam`).waitFor()
    expect(await personNamed('sam')).toBeUndefined()
    expect(await page.context().cookies()).not.toContainEqual(
      expect.objectContaining({ name: 'sallyport_session' }),
    )
    // The provider knows sam still, and would not ask.
    await page.getByRole('link', { name: 'Sign in as somebody else' }).click()
    await page.getByRole('button', { name: '00u-ana' }).waitFor()
  })

  test('unless they decline, or the address that brings them back is made up', async () => {
    const page = await opened('/console/')
    await signIn(page, 'Decline')
    await page.getByText('The OpenID provider did not let you sign in').waitFor()
    const hostile = encodeURIComponent('<img src=x onerror="document.title=\'owned\'">')
    await page.goto(`${composition.api}/sign-in/callback?state=${hostile}&code=${hostile}&error=${hostile}`)
    await page.getByText('This browser did not begin this sign-in').waitFor()
    expect(await page.locator('img, script').count()).toBe(0)
    expect(await page.title()).toBe('Not authenticated · Sallyport')
    expect(await page.locator('body').textContent()).not.toContain('onerror')
  })

  test('until they sign out, in every tab and process', async () => {
    const page = await signedIn('00u-ana')
    const cookie = await cookieOf(page)
    const other = await page.context().newPage()
    await other.goto(`${composition.api}/console/health`)
    await other.getByRole('button', { name: 'Sign out' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Your token').waitFor()
    await composition.inForce()
    expect(new Set(await statusesFor(cookie))).toEqual(new Set([401]))
    await other.reload()
    await other.getByLabel('Your token').waitFor()
    await page.goBack()
    await page.getByLabel('Your token').waitFor()
  })

  test('until their account is removed, and are somebody else when they come again', async () => {
    const page = await signedIn('00u-lee')
    const cookie = await cookieOf(page)
    const before = await personNamed('lee')
    await api.client.write('DELETE', '/v1/persons/lee')
    await composition.inForce()
    expect(new Set(await statusesFor(cookie))).toEqual(new Set([401]))
    await page.getByLabel('Your token').waitFor()

    // The provider knows lee still, and does not ask.
    await page.getByRole('link', { name: 'Sign in with your organisation' }).click()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    const after = await personNamed('lee')
    expect(after?.id).not.toBe(before?.id)
  })
})

interface Person {
  readonly id: string
  readonly name: string
  readonly groups: readonly string[]
  readonly roles: readonly string[]
}
