import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startNoteServer } from '../holds/note-server.ts'
import { type Agent, connectAgent, textOf } from './support/agent.ts'
import { type Api, apiOf } from './support/api.ts'
import { chromiumFor, launchChromium } from './support/chromium.ts'
import { type FleetComposition, fleetEngines, startFleetComposition } from './support/fleet-composition.ts'

const available =
  fleetEngines.kafka.available && fleetEngines.nats.available && chromiumFor('the console of a fleet')

describe.skipIf(!available)('the console of a fleet', () => {
  let server: Awaited<ReturnType<typeof startNoteServer>>
  let composition: FleetComposition
  let api: Api
  let agent: Agent
  let gateway: string
  let upstream: string
  let browser: Browser

  beforeAll(async () => {
    server = await startNoteServer()
    composition = await startFleetComposition()
    api = apiOf(composition)
    const added = await api.addGateway()
    gateway = added.name
    upstream = await api.addUpstream(server.url)
    await api.permit(gateway, 'mcp.tools.note', 'require_approval')
    await composition.inForce()
    agent = await connectAgent(composition.proxies[0] as string, upstream, added.token)
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await agent?.close()
    await composition?.stop()
    await server?.stop()
  })

  test('answers a held call behind one address, and shows every process, also while the audit is away', async () => {
    const page = await browser.newPage()
    const elsewhere: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(composition.api)) elsewhere.push(request.url())
    })
    const { token } = await api.client.write<{ token: string }>('POST', '/v1/tokens', {
      name: 'dana',
      scope: 'approver',
    })
    await composition.inForce()
    await page.goto(composition.api)
    await page.getByLabel('Your token').fill(token)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('Nothing waits for a person.').waitFor()

    const answer = agent.call('note', { text: 'from a fleet' })
    await page.getByRole('link', { name: /note/ }).click()
    await page.getByText('All of it was on your screen.').waitFor()
    await page.getByRole('button', { name: 'Approve once' }).click()
    await page.getByText('Approved and carried out, once.').waitFor()
    expect(textOf(await answer)).toBe('noted from a fleet')

    await page.goto(`${composition.api}/console/agents`)
    await page.getByRole('link', { name: gateway }).click()
    await page.getByText('Last seen').waitFor()
    await page.getByRole('link', { name: upstream }).click()
    await page.getByText(`${composition.fleet.proxy}/mcp/${upstream}`).waitFor()
    await page.getByText('All that it lists is as it was accepted.').waitFor()

    await composition.fleet.processes.get('audit')?.stop()
    await page.goto(`${composition.api}/console/health`)
    await page.getByRole('row', { name: /^audit down/ }).waitFor()
    await page.getByRole('rowheader', { name: 'proxy-2' }).waitFor()
    expect(elsewhere).toEqual([])
    await page.close()
  })
})
