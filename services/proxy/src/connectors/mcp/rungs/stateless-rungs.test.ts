import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ProxyConfig } from '../../../config.ts'
import { type FixtureOptions, type ProxyFixture, startProxy } from '../../../testing/proxy-fixture.ts'
import { startStatelessAgent, through } from '../../../testing/stateless-agent.ts'
import { startStatelessUpstream } from '../../../testing/stateless-upstream.ts'

const ACTION = 'mcp.tools.echo'
const PIN = { pin: '2026-07-28' }
const ECHO = { name: 'echo', arguments: { text: 'hi' } }

let upstream: Awaited<ReturnType<typeof startStatelessUpstream>>
let proxy: ProxyFixture
const stops: (() => Promise<void>)[] = []

beforeEach(async () => {
  upstream = await startStatelessUpstream()
})
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
  await upstream.stop()
})

async function start(hold: Partial<ProxyConfig['hold']>, options: FixtureOptions = {}) {
  proxy = await startProxy({ ...options, config: { hold } })
  proxy.control.addUpstream('files', upstream.url)
  proxy.decision.outcomes.set(ACTION, 'hold')
  stops.push(proxy.stop)
}

/** A client that declares elicitation by URL; `look` is its user. */
async function elicited(look: (url: string) => 'accept' | 'decline' | 'cancel') {
  const seen: { url: string; message: string }[] = []
  const agent = await startStatelessAgent(through(proxy), PIN, { capabilities: { elicitation: { url: {} } } })
  agent.client.setRequestHandler('elicitation/create', async ({ params }) => {
    const { url, message } = params as { url: string; message: string }
    seen.push({ url, message })
    return { action: look(url) }
  })
  stops.push(agent.stop)
  return { client: agent.client, seen }
}

async function plain() {
  const agent = await startStatelessAgent(through(proxy), PIN)
  stops.push(agent.stop)
  return agent.client
}

const textOf = ({ content }: { content: unknown }) => JSON.stringify(content)

describe('a client that shows its user a URL', () => {
  const APPROVAL_URL = 'https://sallyport.example/approve/{id}'

  test('gets the address of the approval, and its call goes on when a person has answered', async () => {
    await start({ approvalUrl: APPROVAL_URL })
    const { client, seen } = await elicited((url) => {
      proxy.approvals.vote(url.split('/').at(-1) ?? '', 'approve', 'dana')
      return 'accept'
    })

    const result = await client.callTool(ECHO)

    expect(textOf(result)).toContain('echo hi')
    expect(upstream.calls).toEqual(['echo hi'])
    const [approval] = proxy.approvals.all()
    expect(seen).toEqual([
      {
        url: `https://sallyport.example/approve/${approval?.approvalId}`,
        message: 'echo on files needs the approval of a person. The person answers on this page.',
      },
    ])
    expect(proxy.approvals.all()).toMatchObject([{ status: 'consumed', attachments: 1 }])
  })

  test('is shown it once, and waits by itself from then on', async () => {
    await start({ approvalUrl: APPROVAL_URL, roundMs: 200 })
    const { client, seen } = await elicited(() => 'accept')

    const requested = proxy.approvals.next()
    const answer = client.callTool(ECHO)
    const { approvalId } = await requested
    for (let n = 0; n < 2; n++) await proxy.approvals.attached(approvalId)
    proxy.approvals.vote(approvalId, 'approve', 'dana')

    expect(textOf(await answer)).toContain('echo hi')
    expect(seen).toHaveLength(1)
  })

  test.each(['decline', 'cancel'] as const)(
    'and says %s is not kept waiting; the approval stays',
    async (action) => {
      await start({ approvalUrl: APPROVAL_URL })
      const { client } = await elicited(() => action)

      const result = await client.callTool(ECHO)

      expect(result.isError).toBe(true)
      const [approval] = proxy.approvals.all()
      expect(textOf(result)).toContain(`https://sallyport.example/approve/${approval?.approvalId}`)
      expect(approval?.status).toBe('pending')

      proxy.approvals.vote(approval?.approvalId ?? '', 'approve', 'dana')
      expect(textOf(await client.callTool(ECHO))).toContain('echo hi')
      expect(upstream.calls).toEqual(['echo hi'])
    },
  )
})

test('a denial that comes while the client is on its way is told, and nobody is asked again', async () => {
  await start({ approvalUrl: 'https://sallyport.example/approve/{id}' })
  const { client } = await elicited((url) => {
    proxy.approvals.vote(url.split('/').at(-1) ?? '', 'deny', 'dana')
    return 'accept'
  })

  expect(textOf(await client.callTool(ECHO))).toContain('denied by dana')
  expect(proxy.approvals.all()).toHaveLength(1)
})

test('a denial that overtakes the next round is told, and what was asked in vain is cancelled', async () => {
  await start({ approvalUrl: 'https://sallyport.example/approve/{id}' })
  const { approvals } = proxy
  const { client } = await elicited(() => {
    approvals.beforeRequest = () => {
      approvals.beforeRequest = undefined
      approvals.vote(approvals.all()[0]?.approvalId ?? '', 'deny', 'dana')
    }
    return 'accept'
  })

  expect(textOf(await client.callTool(ECHO))).toContain('denied by dana')
  expect(approvals.all()).toMatchObject([{ status: 'denied' }, { status: 'cancelled' }])
})

describe('a client without', () => {
  test('is asked to call again until a person has answered, and all its rounds are one approval', async () => {
    await start({ roundMs: 200 })
    const client = await plain()
    const requested = proxy.approvals.next()

    const answer = client.callTool(ECHO)
    const { approvalId } = await requested
    for (let n = 0; n < 2; n++) await proxy.approvals.attached(approvalId)
    proxy.approvals.vote(approvalId, 'approve', 'dana')

    expect(textOf(await answer)).toContain('echo hi')
    expect(upstream.calls).toEqual(['echo hi'])
    expect(proxy.approvals.all()).toMatchObject([{ status: 'consumed' }])
  })

  test('gets the pending result after its last round, before its SDK gives up', async () => {
    await start({ roundMs: 1 })

    const result = await (await plain()).callTool(ECHO)

    expect(result.isError).toBe(true)
    expect(textOf(result)).toContain('with the same arguments')
    expect(proxy.approvals.all()).toMatchObject([{ status: 'pending', attachments: 9 }])
  })

  test('is told who denied it', async () => {
    await start({ roundMs: 200 })
    const requested = proxy.approvals.next()
    const answer = (await plain()).callTool(ECHO)
    proxy.approvals.vote((await requested).approvalId, 'deny', 'dana', 'not on a Friday')

    expect(textOf(await answer)).toContain('denied by dana: not on a Friday')
    expect(upstream.calls).toEqual([])
  })

  test('goes on through a restart of the proxy: another one takes its next round', async () => {
    const secret = randomBytes(32)
    await start({}, { secret })
    const client = await plain()
    const requested = proxy.approvals.next()
    const answer = client.callTool(ECHO)
    const { approvalId } = await requested
    const { port } = new URL(proxy.url)
    const { control, decision, approvals, signals, token } = proxy
    await proxy.stop()

    const listen = { address: { host: '127.0.0.1', port: Number(port) } }
    proxy = await startProxy({ control, decision, approvals, signals, token, secret, config: { listen } })
    stops.push(proxy.stop)
    approvals.vote(approvalId, 'approve', 'dana')

    expect(textOf(await answer)).toContain('echo hi')
    expect(upstream.calls).toEqual(['echo hi'])
  })
})
