import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startAgent } from './testing/agent.ts'
import { startMcpUpstream } from './testing/mcp-upstream.ts'
import { GATEWAY, type ProxyFixture, startProxy } from './testing/proxy-fixture.ts'

let proxy: ProxyFixture
let upstream: Awaited<ReturnType<typeof startMcpUpstream>>

describe.each([{ json: false }, { json: true }])(
  'a real client and a real server (json: $json)',
  ({ json }) => {
    beforeEach(async () => {
      upstream = await startMcpUpstream({ json })
      proxy = await startProxy()
      proxy.control.addUpstream('files', upstream.url)
    })
    afterEach(async () => {
      await proxy.stop()
      await upstream.stop()
    })

    test('an allowed call is carried out and recorded from decision to completion', async () => {
      proxy.decision.outcomes.set('mcp.tools.echo', 'allow')
      const agent = await startAgent(proxy)

      const answer = await agent.client.callTool({ name: 'echo', arguments: { text: 'hello' } })

      expect(answer.content).toEqual([{ type: 'text', text: 'hello' }])
      const isEcho = ({ action }: { action: string }) => action === 'mcp.tools.echo'
      const { data: decided } = await proxy.recorded('sallyport.action.decided.v1', isEcho)
      expect(decided).toMatchObject({
        verdict: 'allow',
        rule: 'permission mcp.tools.echo',
        gateway: { name: GATEWAY },
        upstream: 'files',
        tool: 'echo',
        client: { name: 'test-agent', version: '1.2.3' },
        arguments: { text: 'hello' },
      })
      const { data: completed } = await proxy.recorded('sallyport.action.completed.v1', isEcho)
      expect(completed).toMatchObject({ actionId: decided.actionId, outcome: 'ok', httpStatus: 200 })
      await agent.stop()
    })

    test('a denied call answers with the rule and reaches nobody', async () => {
      proxy.decision.outcomes.set('mcp.tools.echo', 'deny')
      const agent = await startAgent(proxy)

      const answer = await agent.client.callTool({ name: 'echo', arguments: { text: 'hello' } })

      expect(answer.isError).toBe(true)
      expect(JSON.stringify(answer.content)).toContain('permission mcp.tools.echo')
      expect(upstream.calls).toEqual([])
      await proxy.recorded('sallyport.action.decided.v1', ({ verdict }) => verdict === 'deny')
      await agent.stop()
    })
  },
)
