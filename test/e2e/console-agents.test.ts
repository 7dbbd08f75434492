import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connectAgent, textOf } from './support/agent.ts'
import { type Api, apiOf } from './support/api.ts'
import { type ChangingUpstream, startChanging } from './support/changing-upstream.ts'
import { startManyTools } from './support/many-tools.ts'
import {
  axeFindings,
  buildConsole,
  fits,
  HOSTILE,
  hasChromium,
  LOOKS,
  type People,
  peopleOf,
  picture,
} from './support/people.ts'
import { type Standalone, startStandalone } from './support/standalone-composition.ts'

/** What a shell prints that has an agent's token in its environment. */
async function shell(command: string, token: string): Promise<string> {
  const env = { ...process.env, SALLYPORT_GATEWAY_TOKEN: token }
  return (await promisify(execFile)('sh', ['-c', command], { env })).stdout
}

describe.skipIf(!hasChromium)('agents and servers in the console', () => {
  let server: ChangingUpstream
  let many: Awaited<ReturnType<typeof startManyTools>>
  let standalone: Standalone
  let api: Api
  let people: People
  let proxy: string

  beforeAll(async () => {
    buildConsole()
    server = await startChanging()
    many = await startManyTools(5000)
    standalone = await startStandalone()
    proxy = standalone.proxies[0] as string
    api = apiOf(standalone)
    people = await peopleOf(standalone.api)
    await register('notes', server.url)
    for (const [name, scope] of [
      ['dana', 'approver'],
      ['ann', 'analyst'],
    ] as const) {
      const { token } = await api.client.write<{ token: string }>('POST', '/v1/tokens', { name, scope })
      people.tokens.set(name, token)
    }
    const { token } = await api.client.write<{ token: string }>('POST', '/v1/persons', {
      name: 'vera',
      roles: ['viewer'],
    })
    people.tokens.set('vera', token)
    people.tokens.set('admin', standalone.adminToken)
  })
  afterEach(async () => {
    await people.leave()
  })
  afterAll(async () => {
    await people?.close()
    await standalone?.stop()
    await many?.stop()
    await server?.stop()
  })

  async function register(name: string, url: string) {
    await api.client.write('POST', '/v1/upstreams', { connector: 'mcp', name, target: { kind: 'http', url } })
  }

  /** An agent that may send notes, and has the tools listed. */
  async function sender(name: string) {
    const { token } = await api.addGateway(name)
    await api.permit(name, 'mcp.tools.send_note', 'allow')
    const agent = await connectAgent(proxy, 'notes', token)
    await agent.client.listTools()
    return agent
  }

  async function acceptAll() {
    const differing = async () =>
      (
        await api.client.get<{ items: { kind: string; key: string; offered: string }[] }>(
          '/v1/catalog/differences',
          { upstream: 'notes' },
        )
      ).items
    await expect.poll(async () => (await differing()).length).toBeGreaterThan(0)
    const items = await differing()
    const entities = items.map(({ kind, key, offered }) => ({ kind, key, fingerprint: offered }))
    await api.client.write('POST', '/v1/catalog/accept', { upstream: 'notes', entities })
  }

  test('adds an agent, shows its token once, and says how it reaches a server', async () => {
    const { page, faults } = await people.signedIn('admin', '/agents')
    await page.getByRole('button', { name: 'Add an agent…' }).click()
    const adding = page.getByRole('dialog', { name: 'Add an agent' })
    await adding.getByLabel('Name', { exact: true }).fill('Not A Name')
    await adding.getByRole('button', { name: 'Add it' }).click()
    await adding.getByRole('alert').filter({ hasText: /name/ }).waitFor()
    await adding.getByLabel('Name', { exact: true }).fill('new-agent')
    await adding.getByRole('button', { name: 'Add it' }).click()
    const shown = page.getByRole('dialog', { name: 'The token of new-agent' })
    const told = (await shown.getByRole('region', { name: 'The agent’s token' }).textContent()) ?? ''
    const token = told.replace('export SALLYPORT_GATEWAY_TOKEN=', '')
    expect(token).toMatch(/^sp_gw_/)
    await shown.getByRole('button', { name: 'I have it' }).click()
    expect(await page.content()).not.toContain(token)

    await page.getByRole('link', { name: 'notes' }).click()
    await page.getByRole('heading', { name: 'notes' }).waitFor()
    const instructions = async (host: string) => {
      await page.getByLabel('For', { exact: true }).selectOption(host)
      return (await page.getByRole('region', { name: `Instructions for ${host}` }).textContent()) ?? ''
    }
    expect(await instructions('Claude Code')).toContain(`"url": "${proxy}/mcp/notes"`)
    expect(await instructions('Codex')).toContain('bearer_token_env_var = "SALLYPORT_GATEWAY_TOKEN"')
    expect(await instructions('Gemini CLI')).toContain('"httpUrl"')
    const curl = await instructions('curl')
    expect(await shell(curl, token)).toContain('"serverInfo"')

    await page.goto(`${standalone.api}/console/agents/new-agent`)
    await page.getByText('Last seen').waitFor()
    await page.getByRole('link', { name: 'notes' }).waitFor()
    await page.getByRole('button', { name: 'Revoke…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke new-agent' }).click()
    await page.getByText('Revoked', { exact: true }).waitFor()
    expect(await shell(curl, token)).not.toContain('"serverInfo"')
    expect(faults).toEqual([])
  })

  test('shows a changed tool as text with everything that hides, and lets its calls pass once it is accepted', async () => {
    const agent = await sender('mail-agent')
    server.describe(`Sends a note to the team ${HOSTILE}`)
    await agent.client.listTools()
    const { page, faults } = await people.signedIn('dana', '/agents/servers/notes')
    const change = page.getByRole('listitem').filter({ hasText: 'tool send_note' })
    await change.getByRole('button', { name: 'Accept it…' }).waitFor()
    const shown = (await change.textContent()) ?? ''
    expect(shown).toContain('<img src=x onerror=')
    expect(shown).toContain('\\u001b[31mred \\u202egnp.exe \\u200b')
    expect(await page.locator('main img, main script, .change a').count()).toBe(0)
    expect(await change.locator('mark').first().textContent()).toContain('<script>')
    expect(await page.title()).toBe('Sallyport')

    await change.getByRole('button', { name: 'Accept it…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Accept tool send_note?' })
    // What the server lists meanwhile is not what was seen.
    server.describe('Sends a note to everybody')
    await agent.client.listTools()
    await dialog.getByRole('button', { name: 'Accept it' }).click()
    await dialog.getByRole('alert').filter({ hasText: /\w/ }).waitFor()
    await dialog.getByRole('button', { name: 'Back' }).click()

    await page.getByText('to everybody').waitFor()
    await change.getByRole('button', { name: 'Accept it…' }).click()
    await dialog.getByRole('button', { name: 'Accept it' }).click()
    await page.getByText('All that it lists is as it was accepted.').waitFor()
    expect(textOf(await agent.call('send_note', { text: 'hello' }))).toBe('sent hello')
    expect(faults).toEqual([])
    await agent.close()
  })

  test('lets nothing be accepted of which the end is folded', async () => {
    const agent = await sender('long-agent')
    server.describe(`${'Sends a note. '.repeat(300)}And tells evil.example`)
    await agent.client.listTools()
    const { page } = await people.signedIn('dana', '/agents/servers/notes')
    const change = page.getByRole('listitem').filter({ hasText: 'tool send_note' })
    await change.getByText('It can be accepted once all of it has been unfolded.').waitFor()
    expect(await change.getByRole('button', { name: 'Accept it…' }).isDisabled()).toBe(true)
    await change.getByRole('button', { name: 'Show all of it' }).click()
    await change.getByText('And tells evil.example').waitFor()
    await change.getByRole('button', { name: 'Accept it…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Accept it' }).click()
    await page.getByText('All that it lists is as it was accepted.').waitFor()
    await agent.close()
  })

  test('stops one agent after a confirmation that names it, and no other', async () => {
    const [stopped, other] = [await sender('stopped-agent'), await sender('other-agent')]
    const { page } = await people.signedIn('admin', '/agents/stopped-agent')
    await page.getByText('None is on for it').waitFor()
    await page.getByRole('button', { name: 'Stop the agent stopped-agent…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Stop the agent stopped-agent?' })
    await dialog.getByText('Every call of the agent stopped-agent is refused').waitFor()
    await dialog.getByLabel('Reason').fill('odd calls')
    await dialog.getByRole('button', { name: 'Stop the agent stopped-agent' }).click()
    await page.getByText('gateway:stopped-agent: odd calls, by admin').waitFor()
    expect((await stopped.call('send_note', { text: 'one' })).isError).toBe(true)
    expect(textOf(await other.call('send_note', { text: 'two' }))).toBe('sent two')
    await page.getByRole('button', { name: 'Turn off…' }).click()
    await page.getByRole('dialog', { name: 'Let the agent stopped-agent go on?' }).waitFor()
    await page.getByRole('button', { name: 'Turn off', exact: true }).click()
    await page.getByText('None is on for it').waitFor()
    expect(textOf(await stopped.call('send_note', { text: 'three' }))).toBe('sent three')
    await stopped.close()
    await other.close()
  })

  test('offers each person what their role may do', async () => {
    await api.addGateway('seen-agent')
    for (const name of ['dana', 'ann']) {
      const { page } = await people.signedIn(name, '/agents/seen-agent')
      await page.getByText('What it may do').waitFor()
      await page.getByText('None is on for it').waitFor()
      for (const button of ['Revoke…', 'New token…', /^Stop/])
        expect(await page.getByRole('button', { name: button }).count()).toBe(0)
    }
    const viewer = await people.signedIn('vera', '/agents')
    expect(await viewer.page.getByRole('link', { name: 'Agents', exact: true }).count()).toBe(0)
    await viewer.page.getByRole('alert').first().waitFor()
  })

  test('asks a server whether it answers, and lists thousands of tools with few of them in the page', async () => {
    await register('many', many.url)
    const { page } = await people.signedIn('admin', '/agents/servers/many')
    await page.getByRole('button', { name: 'Ask whether it answers' }).click()
    await page.getByText('answers', { exact: true }).waitFor()
    await page.getByText(/It offers 2000 tools/).waitFor()
    await page.getByRole('button', { name: 'Show them' }).click()
    await page.getByText('tool_00000').waitFor()
    const box = page.getByRole('region', { name: 'What it offers' })
    expect(await box.getByRole('listitem').count()).toBeLessThan(60)
    await page.getByRole('button', { name: 'More than these 500' }).click()
    await page.getByRole('button', { name: 'More than these 1000' }).waitFor()
    await box.evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await page.getByText('tool_00999').waitFor()
    expect(await box.getByRole('listitem').count()).toBeLessThan(60)
  })

  test('is reached and used with the keyboard alone', async () => {
    const { page } = await people.signedIn('admin', '/agents')
    await page.getByRole('link', { name: 'notes' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'notes' }).waitFor()
    await page.getByRole('button', { name: 'Stop the server notes…' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Stop the server notes…')
  })

  test('has nothing that axe finds, in light and dark and on a telephone, and is as its pictures show', async () => {
    const agent = await sender('docs-agent')
    await api.permit('docs-agent', 'mcp.tools.delete_*', 'deny')
    await api.permit('docs-agent', 'mcp.tools.publish', 'require_approval')
    await agent.call('send_note', { text: 'for the record' })
    server.describe('Sends a note to the team')
    await agent.client.listTools()
    await acceptAll()
    server.describe('Sends a note to the team, and a copy to audit@example.com')
    await agent.client.listTools()
    for (const [name, look] of Object.entries(LOOKS)) {
      const { page, faults } = await people.signedIn('admin', '/agents', look)
      await page.getByRole('rowheader', { name: 'docs-agent' }).waitFor()
      expect(await axeFindings(page)).toEqual([])
      expect(await fits(page)).toBe(true)
      await picture(page, `agents-${name}`)
      await page.goto(`${standalone.api}/console/agents/docs-agent`)
      await page.getByText('Last seen').waitFor()
      expect(await axeFindings(page)).toEqual([])
      expect(await fits(page)).toBe(true)
      await picture(page, `agent-${name}`, true)
      await page.goto(`${standalone.api}/console/agents/servers/notes`)
      await page.getByRole('button', { name: 'Accept it…' }).waitFor()
      await page.getByRole('button', { name: 'Show them' }).click()
      await page.getByText('Connect an agent').waitFor()
      expect(await axeFindings(page)).toEqual([])
      expect(await fits(page)).toBe(true)
      await picture(page, `server-${name}`, true)
      expect(faults).toEqual([])
    }
    await agent.close()
  })
})
