import { TOPICS } from '@sallyport/events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { post, toolCall } from '../testing/agent.ts'
import { startMcpUpstream } from '../testing/mcp-upstream.ts'
import { type ProxyFixture, startProxy } from '../testing/proxy-fixture.ts'

const ACTION = 'mcp.tools.echo'
/** As Claude Code and Codex send them: other values with each call. */
const OF_THE_CLIENT = { 'claudecode/toolUseId': 'toolu_01', callId: 'c-1', itemId: 'i-1', n: 1 }

let proxy: ProxyFixture
let upstream: Awaited<ReturnType<typeof startMcpUpstream>>

beforeEach(async () => {
  upstream = await startMcpUpstream({ json: true })
  proxy = await startProxy()
  proxy.control.addUpstream('files', upstream.url, null, 'mcp', ['account'])
})
afterEach(async () => {
  await proxy.stop()
  await upstream.stop()
})

const echo = (text: string, meta: object) => post(proxy, toolCall('echo', { text }, 1, meta))
const forwarded = () => {
  const body = upstream.seen.map((request) => request.body).findLast((one) => one.includes('tools/call'))
  return JSON.parse(body ?? '{}').params
}

async function held(meta: object) {
  const asked = proxy.approvals.next()
  const answer = echo('x', meta)
  return { answer, approval: await asked }
}

describe('what a client says in _meta', () => {
  test('is recorded whole, and forwarded whole of a call that needed nobody', async () => {
    proxy.decision.outcomes.set(ACTION, 'allow')
    const meta = { ...OF_THE_CLIENT, progressToken: 7, 'x-codex-turn-metadata': '{"a":1}'.repeat(100) }
    await echo('x', meta)
    const { data } = await proxy.recorded('sallyport.action.decided.v1', (d) => d.action === ACTION)
    expect(JSON.parse(data.meta ?? '')).toEqual(meta)
    expect(data.arguments).toEqual({ text: 'x' })
    expect(forwarded()._meta).toEqual(meta)
  })

  test('has secrets taken out before it is recorded', async () => {
    proxy.decision.outcomes.set(ACTION, 'allow')
    await echo('x', { apiKey: 'QWXZ3QWXZ3' })
    const { data } = await proxy.recorded('sallyport.action.decided.v1', (d) => d.action === ACTION)
    expect(data.meta).toBe('{"apiKey":"[redacted:key, 10 characters]"}')
    expect(data.findings).toMatchObject([{ kind: 'key', place: '/_meta/apiKey' }])
  })

  test('goes upstream of an approved call only where the protocol defines it or the operator listed it', async () => {
    proxy.decision.outcomes.set(ACTION, 'hold')
    const { answer, approval } = await held({ ...OF_THE_CLIENT, progressToken: 7, account: 'a-1', other: 1 })
    expect(JSON.parse(approval.meta ?? '')).toMatchObject({ ...OF_THE_CLIENT, account: 'a-1' })
    proxy.approvals.vote(approval.approvalId, 'approve', 'dana')
    await (await answer).text()
    expect(forwarded()).toEqual({
      name: 'echo',
      arguments: { text: 'x' },
      _meta: { progressToken: 7, account: 'a-1' },
    })
  })

  test('does not keep a repeated call from its approval, unless a listed key says something else', async () => {
    proxy.decision.outcomes.set(ACTION, 'hold')
    const first = await held({ ...OF_THE_CLIENT, account: 'a-1' })
    const attached = proxy.approvals.attached(first.approval.approvalId)
    const again = echo('x', { callId: 'c-2', itemId: 'i-2', account: 'a-1' })
    await attached
    const other = await held({ callId: 'c-3', account: 'a-2' })
    expect(other.approval.binding.argsDigest).not.toBe(first.approval.binding.argsDigest)
    for (const { approvalId } of [first.approval, other.approval])
      proxy.approvals.vote(approvalId, 'deny', 'dana')
    for (const answer of [first.answer, again, other.answer]) await (await answer).text()
  })
})

test.each(['1234567890123456789', '0.1000000000000000055', '-0', '1E2', '1.0'])(
  'a number is recorded as it is forwarded: %s',
  async (lexeme) => {
    proxy.decision.outcomes.set(ACTION, 'allow')
    const call = JSON.stringify(toolCall('echo', { text: 'x', n: 'N' })).replace('"N"', lexeme)
    await post(proxy, call)
    const { data } = await proxy.recorded('sallyport.action.decided.v1', (d) => d.action === ACTION)
    expect(data.argumentsText).toBe(`{"text":"x","n":${lexeme}}`)
    expect(upstream.seen.at(-1)?.body).toContain(`"n":${lexeme}`)
    for await (const records of proxy.log.read(TOPICS.actions, {
      from: 'start',
      signal: AbortSignal.timeout(5000),
    })) {
      const decided = records.find((record) => record.headers['ce_type'] === 'sallyport.action.decided.v1')
      if (decided === undefined) continue
      expect(Buffer.from(decided.value).toString()).toContain(`"arguments":{"text":"x","n":${lexeme}}`)
      return
    }
  },
)
