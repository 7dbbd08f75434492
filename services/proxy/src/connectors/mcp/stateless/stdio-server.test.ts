import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { type Mode, startStatelessAgent, through } from '../../../testing/stateless-agent.ts'

// Each test starts a process.
vi.setConfig({ testTimeout: 60_000 })

const SERVER = fileURLToPath(new URL('../../../testing/stateless-stdio-server.ts', import.meta.url))

let proxy: ProxyFixture
const stops: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  proxy = await startProxy({
    config: { stdio: { run: 'on' } },
    environment: { PATH: process.env['PATH'] ?? '' },
  })
  proxy.decision.fallback = 'allow'
  proxy.control.addUpstream('files', {
    kind: 'stdio',
    command: [process.execPath, SERVER],
    env: [],
    cwd: null,
  })
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
  await proxy.stop()
})

async function agent(mode?: Mode) {
  const { client, stop } = await startStatelessAgent(through(proxy), mode, {
    capabilities: { elicitation: { form: {} } },
  })
  stops.push(stop)
  return client
}

test.each<[string, Mode, string]>([
  ['that asks first', 'auto', '2026-07-28'],
  ['of 2026-07-28 alone', { pin: '2026-07-28' }, '2026-07-28'],
  ['of the older revisions', 'legacy', '2025-11-25'],
])('a client %s works with a server that speaks on its stdio', async (_, mode, version) => {
  const client = await agent(mode)
  expect(client.getNegotiatedProtocolVersion()).toBe(version)
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('echo')
  const answer = await client.callTool({ name: 'echo', arguments: { text: 'hi' } })
  expect(answer.content).toEqual([{ type: 'text', text: 'hi' }])
})

test('progress, rounds and subscriptions have no header fields there, and need none', async () => {
  const client = await agent()
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { sure: true } }))
  const progress: number[] = []
  await client.callTool(
    { name: 'steps', arguments: {} },
    { onprogress: (step) => progress.push(step.progress) },
  )
  expect(progress).toEqual([1])
  const confirmed = await client.callTool({ name: 'confirm', arguments: {} })
  expect(confirmed.content).toEqual([{ type: 'text', text: 'sure: true' }])

  let changes = 0
  client.setNotificationHandler('notifications/tools/list_changed', () => {
    changes++
  })
  const subscription = await client.listen({ toolsListChanged: true })
  await client.callTool({ name: 'change', arguments: {} })
  await vi.waitFor(() => expect(changes).toBe(1))
  await subscription.close()
})
