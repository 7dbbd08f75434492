import { freePort } from '@sallyport/native'
import { type Keycloak, startKeycloak } from '@sallyport/native/keycloak'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, apiOf } from '../e2e/support/api.ts'
import { launchChromium } from '../e2e/support/chromium.ts'
import { type Standalone, startStandalone } from '../e2e/support/standalone-composition.ts'
import { CLIENT_SECRET, PASSPHRASE, realmFor } from './realm.ts'

const WITHIN = { timeout: 120_000 }

interface Person {
  readonly name: string
  readonly email: string | null
  readonly groups: readonly string[]
  readonly roles: readonly string[]
  readonly identity: { readonly issuer: string; readonly subject: string } | null
}

describe('people of a real Keycloak sign in', () => {
  let keycloak: Keycloak
  let standalone: Standalone
  let api: Api
  let browser: Browser

  beforeAll(async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    keycloak = await startKeycloak(realmFor(`${url}/sign-in/callback`))
    standalone = await startStandalone({
      environment: {
        SALLYPORT_API_LISTEN: new URL(url).host,
        SALLYPORT_SIGN_IN_ISSUER: keycloak.issuer,
        SALLYPORT_SIGN_IN_CLIENT_SECRET: CLIENT_SECRET,
        SALLYPORT_SIGN_IN_ROLES: 'answers-holds=approver',
      },
    })
    api = apiOf(standalone)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await standalone?.stop()
    await keycloak?.stop()
  })

  /** From the console to Keycloak's own page, and back. `asked`: the address that Sallyport sent the browser to. */
  async function signIn(name: string): Promise<{ page: Page; asked: URL }> {
    const page = await (await browser.newContext()).newPage()
    await page.goto(`${standalone.api}/console/`)
    const asking = page.waitForRequest((request) => request.url().includes('/openid-connect/auth?'), WITHIN)
    await page.getByRole('link', { name: 'Sign in with your organisation' }).click(WITHIN)
    const asked = new URL((await asking).url())
    await page.locator('#username').fill(name, WITHIN)
    await page.locator('#password').fill(PASSPHRASE)
    await page.locator('#kc-login').click()
    return { page, asked }
  }

  const personNamed = async (name: string) => {
    const { items } = await api.client.get<{ items: Person[] }>('/v1/persons', {})
    return items.find((person) => person.name === name)
  }

  test('with PKCE, and have the groups, the role and the address of its claims', async () => {
    const { page, asked } = await signIn('dana')
    await page.getByRole('button', { name: 'Sign out' }).waitFor(WITHIN)
    expect(new URL(page.url()).origin).toBe(standalone.api)
    expect(asked.searchParams.get('code_challenge_method')).toBe('S256')
    expect(asked.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/)
    const dana = await personNamed('dana')
    expect(dana).toMatchObject({ groups: ['finance'], roles: ['approver'], email: 'dana@example.com' })
    expect(dana?.identity).toEqual({ issuer: keycloak.issuer, subject: expect.stringMatching(/^[\w-]{36}$/) })
  })

  test('by a role alone, without any group', async () => {
    const { page } = await signIn('lee')
    await page.getByRole('button', { name: 'Sign out' }).waitFor(WITHIN)
    expect(await personNamed('lee')).toMatchObject({ groups: [], roles: ['approver'] })
  })

  test('unless none of their claims gives a role', async () => {
    const { page } = await signIn('sam')
    await page.getByRole('heading', { name: 'Not allowed' }).waitFor(WITHIN)
    await page.getByText(/You have no role here; an owner can give you one/).waitFor()
    expect(await personNamed('sam')).toBeUndefined()
  })

  test('and are signed out here, and not there: the next time nobody asks them', async () => {
    const { page } = await signIn('lee')
    await page.getByRole('button', { name: 'Sign out' }).click(WITHIN)
    await page.getByLabel('Your token').waitFor(WITHIN)
    await page.getByRole('link', { name: 'Sign in with your organisation' }).click()
    await page.getByRole('button', { name: 'Sign out' }).waitFor(WITHIN)
  })
})
