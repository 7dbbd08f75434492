import { memoryEventLog } from '@sallyport/event-log'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAgent } from '../../../testing/agent.ts'
import { type FoldedControl, startFoldedControl } from '../../../testing/folded-control.ts'
import { startMcpUpstream } from '../../../testing/mcp-upstream.ts'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'

let control: FoldedControl
let upstream: Awaited<ReturnType<typeof startMcpUpstream>>
let proxy: ProxyFixture

beforeAll(async () => {
  const log = memoryEventLog()
  control = await startFoldedControl(log)
  upstream = await startMcpUpstream()
  const token = await control.addGateway()
  await control.addUpstream('files', upstream.url)
  proxy = await startProxy({ log, folded: control.view, token, config: { hold: { budgetMs: 300 } } })
  proxy.decision.outcomes.set('mcp.tools.create_issue', 'allow')
})
afterAll(async () => {
  await proxy.stop()
  await control.stop()
  await upstream.stop()
})

describe('a real server and a real client', () => {
  test('a tool that the server says has changed is held, though nobody has listed it since', async () => {
    const agent = await startAgent(proxy)
    const call = () => agent.client.callTool({ name: 'create_issue', arguments: { title: 'x' } })
    expect(await call()).not.toMatchObject({ isError: true })
    await expect.poll(() => upstream.seen.some(({ method }) => method === 'GET')).toBe(true)

    upstream.describeTool('Makes an issue, and tells somebody else')

    const entry = () => control.view.state().catalogs.get('files')?.offered.tool.get('create_issue')
    await expect
      .poll(() => entry()?.accepted?.fingerprint === entry()?.offered?.fingerprint, { timeout: 5000 })
      .toBe(false)
    expect(JSON.stringify(await call())).toContain('needs a person')
    expect(upstream.calls).toEqual(['create_issue x'])
    await agent.stop()
  })
})
