import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startNoteServer } from '../holds/note-server.ts'
import { type Agent, connectAgent, textOf } from './support/agent.ts'
import { type Api, apiOf } from './support/api.ts'
import { type Standalone, startStandalone } from './support/standalone-composition.ts'

const CHROMIUM = '/usr/bin/chromium'
const available = existsSync(CHROMIUM)
if (!available) console.warn(`skipped, as ${CHROMIUM} is not there: the page on which approvals are answered`)

/** Texts by which an agent may fool a reader: markup, and characters that hide or turn around text. */
const HOSTILE =
  '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script> \u202egnp.exe \u200b'

describe.skipIf(!available)('the page on which an approval is answered', () => {
  let server: Awaited<ReturnType<typeof startNoteServer>>
  let standalone: Standalone
  let api: Api
  let agent: Agent
  let gateway: string
  let browser: Browser
  let token: string

  beforeAll(async () => {
    server = await startNoteServer()
    standalone = await startStandalone()
    api = apiOf(standalone)
    const added = await api.addGateway()
    gateway = added.name
    const upstream = await api.addUpstream(server.url)
    await api.permit(gateway, 'mcp.tools.note', 'require_approval')
    const issued = await api.client.write<{ token: string }>('POST', '/v1/tokens', {
      name: 'dana',
      scope: 'approver',
    })
    token = issued.token
    await standalone.inForce()
    agent = await connectAgent(standalone.proxies[0] as string, upstream, added.token)
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser?.close()
    await agent?.close()
    await standalone?.stop()
    await server?.stop()
  })

  /** A held call, and its page in a new window. */
  async function opened(text: string) {
    const answer = agent.call('note', { text })
    const { approvalId } = await api.waiting(gateway)
    const page = await browser.newPage()
    const elsewhere: string[] = []
    const broken: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(standalone.api)) elsewhere.push(request.url())
    })
    page.on('pageerror', (error) => broken.push(error.message))
    await page.goto(`${standalone.api}/approve/${approvalId}`)
    return { answer, approvalId, page, elsewhere, broken }
  }

  async function signIn(page: Page, as: string) {
    await page.getByLabel('Your token').fill(as)
    await page.getByRole('button', { name: 'Continue' }).click()
  }

  test('shows the call to whoever has a token, and lets it go on once', async () => {
    const { answer, approvalId, page, elsewhere, broken } = await opened('hello')
    await signIn(page, 'sp_api_not-one-of-ours')
    await page.getByText('That token is not known.').waitFor()
    expect(await page.locator('#arguments').isVisible()).toBe(false)

    await signIn(page, token)
    await page.getByRole('heading', { name: `${gateway} asks to call note` }).waitFor()
    expect(await page.locator('#arguments').textContent()).toContain('"text": "hello"')
    expect(await page.locator('#approval-id').textContent()).toBe(approvalId)
    await page.getByLabel('Reason').fill('looks right')
    await page.getByRole('button', { name: 'Approve once' }).click()

    await page.getByText('By dana: looks right').waitFor()
    expect(textOf(await answer)).toBe('noted hello')
    await page.getByText('Approved and carried out, once.').waitFor()
    expect(await page.getByRole('button', { name: 'Approve once' }).isVisible()).toBe(false)
    expect(elsewhere).toEqual([])
    expect(broken).toEqual([])
    await page.close()
  })

  test('shows what an agent sent as text, with everything in it that hides', async () => {
    const { answer, page } = await opened(HOSTILE)
    await signIn(page, token)
    await page.locator('#arguments').filter({ hasText: 'onerror' }).waitFor()

    const shown = (await page.locator('#arguments').textContent()) ?? ''
    expect(shown).toContain('<script>')
    expect(shown).toContain('\\u202egnp.exe \\u200b')
    expect(await page.locator('main img, main script').count()).toBe(0)
    expect(await page.title()).toBe('pending: mcp.tools.note')

    await page.getByRole('button', { name: 'Deny' }).click()
    await page.getByText('Denied. The agent has been told.').waitFor()
    expect(textOf(await answer)).toContain('denied by dana')
    await page.close()
  })

  test('says so when somebody else was faster', async () => {
    const { answer, approvalId, page } = await opened('raced')
    await signIn(page, token)
    await page.getByRole('button', { name: 'Approve once' }).waitFor()
    await page.route('**/v1/approvals/*', (route) => route.abort())

    await api.vote(approvalId, 'deny', 'no')
    await page.getByRole('button', { name: 'Approve once' }).click()

    await page.unroute('**/v1/approvals/*')
    await page.getByText('Denied. The agent has been told.').waitFor()
    expect((await answer).isError).toBe(true)
    await page.close()
  })

  test('keeps the token in its own tab, and lets no script of others run', async () => {
    const { answer, approvalId, page } = await opened('kept')
    await signIn(page, token)
    await page.getByRole('button', { name: 'Deny' }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Deny' }).waitFor()
    expect(await page.evaluate('[localStorage.length, sessionStorage.length, document.cookie]')).toEqual([
      0,
      1,
      '',
    ])
    const response = await fetch(`${standalone.api}/approve/${approvalId}`)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe')

    await page.getByRole('button', { name: 'Deny' }).click()
    await answer
    await page.close()
  })
})
