import { startMailServer } from '@sallyport/approvals/testing/mail-server'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startNoteServer } from '../holds/note-server.ts'
import { type Agent, connectAgent, textOf } from './support/agent.ts'
import { type Api, apiOf } from './support/api.ts'
import { chromiumFor, launchChromium } from './support/chromium.ts'
import { type Standalone, startStandalone } from './support/standalone-composition.ts'

const available = chromiumFor('the page that a link of an e-mail opens')

describe.skipIf(!available)('the page that a link of an e-mail opens', () => {
  let server: Awaited<ReturnType<typeof startNoteServer>>
  let mail: Awaited<ReturnType<typeof startMailServer>>
  let standalone: Standalone
  let api: Api
  let agent: Agent
  let gateway: string
  let browser: Browser

  beforeAll(async () => {
    server = await startNoteServer()
    mail = await startMailServer()
    standalone = await startStandalone({
      environment: { SALLYPORT_EMAIL_SMTP: mail.url, SALLYPORT_EMAIL_FROM: 'sallyport@example.com' },
    })
    api = apiOf(standalone)
    const added = await api.addGateway()
    gateway = added.name
    const upstream = await api.addUpstream(server.url)
    await api.permit(gateway, 'mcp.tools.note', 'require_approval')
    await api.client.write('POST', '/v1/persons', {
      name: 'dana',
      email: 'dana@example.com',
      roles: ['approver'],
    })
    await standalone.inForce()
    agent = await connectAgent(standalone.proxies[0] as string, upstream, added.token)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await agent?.close()
    await standalone?.stop()
    await mail?.close()
    await server?.stop()
  })

  test('asks for the code of the message, shows the call, and the agent goes on after a button was pressed', async () => {
    const answer = agent.call('note', { text: 'by mail' })
    const { approvalId } = await api.waiting(gateway)
    await expect.poll(() => mail.to('dana@example.com').length).toBe(1)
    const text = mail.received[0]?.mail.text ?? ''
    const [url = ''] = /http:\S+#link=\S+/.exec(text) ?? []
    const code = /Code: (\d{3} \d{3})/.exec(text)?.[1] ?? ''
    expect(url).toContain(`${standalone.api}/approve/${approvalId}#`)

    const page = await browser.newPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(url)
    await page.getByLabel('The code of the message').fill('000')
    await page.getByRole('button', { name: 'Show me the call' }).click()
    await page.getByText('that is not the code of the message').waitFor()
    expect(await page.locator('#arguments').isVisible()).toBe(false)
    expect(page.url()).not.toContain('link=')

    await page.getByLabel('The code of the message').fill(code)
    await page.getByRole('button', { name: 'Show me the call' }).click()
    await page.locator('#arguments').filter({ hasText: 'by mail' }).waitFor()
    expect((await api.waiting(gateway)).approvalId).toBe(approvalId)
    await page.reload()
    await page.locator('#arguments').filter({ hasText: 'by mail' }).waitFor()
    await page.getByLabel('Reason').fill('looks right')
    await page.getByRole('button', { name: 'Approve once' }).click()
    await page.getByText('By dana: looks right').waitFor()
    expect(textOf(await answer)).toBe('noted by mail')
    expect(asked.filter((one) => one.includes('link=') && !one.includes('#'))).toEqual([])

    const second = await (await browser.newContext()).newPage()
    await second.goto(url)
    await second.getByLabel('The code of the message').fill(code)
    await second.getByRole('button', { name: 'Show me the call' }).click()
    await second.getByText('and it was opened at').waitFor()
    await page.close()
    await second.close()
  })
})
