import type { Guardrail } from '@sallyport/control'
import { oneByOne } from '@sallyport/rpc'
import { connectDecision, serveGrpc } from '@sallyport/rpc/grpc'
import { afterEach, describe, expect, test } from 'vitest'
import { post, toolCall } from '../testing/agent.ts'
import { startApiUpstream } from '../testing/api-upstream.ts'
import { FixedDecision } from '../testing/fixed-decision.ts'
import { startProxy } from '../testing/proxy-fixture.ts'
import { json, resultOf, startRawUpstream } from '../testing/raw-upstream.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const READS_ECHO = [{ gateway: '*', upstream: 'files', action: 'mcp.tools.echo' }]

const NO_PRODUCTION: Guardrail = {
  name: 'no-production',
  readsArgumentsOf: [...READS_ECHO, { gateway: '*', upstream: 'api', action: 'http.*' }],
  judge: ({ arguments: { text } }) =>
    text?.includes('production') ? { outcome: 'deny', reason: 'it is about production' } : undefined,
}

/** Long, as the machine may be busy and no claim here is about time. */
const DEADLINE_MS = 10_000

async function overGrpc(judging: FixedDecision) {
  const point = oneByOne((input) => judging.decide(input))
  const server = await serveGrpc({
    listen: { host: '127.0.0.1', port: 0 },
    decision: point,
    internalToken: 'made-up internal bearer',
  })
  const client = connectDecision({
    addresses: [server.address],
    internalToken: 'made-up internal bearer',
    deadlineMs: DEADLINE_MS,
  })
  stops.push(
    () => server.stop(),
    () => client.close(),
  )
  await expect.poll(() => client.health()).toMatchObject({ status: 'ok' })
  return client
}

describe.each(['in process', 'over gRPC'])('a guardrail that reads arguments, asked %s', (transport) => {
  async function world(...guardrails: Guardrail[]) {
    const upstream = await startRawUpstream()
    stops.push(() => upstream.stop())
    const judging = new FixedDecision()
    const decision = transport === 'in process' ? judging : await overGrpc(judging)
    const proxy = await startProxy({ decision })
    stops.push(() => proxy.stop())
    judging.control = proxy.control
    judging.outcomes.set('mcp.tools.echo', 'allow').set('mcp.tools.other', 'allow')
    judging.guardrails = guardrails
    proxy.control.addUpstream('files', upstream.url)
    return { upstream, proxy, judging }
  }

  type World = Awaited<ReturnType<typeof world>>

  async function forwarded({ upstream, proxy }: World, call: object): Promise<void> {
    const answer = post(proxy, call)
    const { request, response } = await upstream.next()
    json(response, resultOf(request.body, 'done'))
    expect((await answer).status).toBe(200)
  }

  const asked = ({ judging }: World) => judging.asked.map((input) => input.arguments)
  const decided = ({ proxy }: World) => proxy.recorded('sallyport.action.decided.v1')

  test('is asked once more with the canonical text, and lets it pass by what is in it', async () => {
    const made = await world(NO_PRODUCTION)
    await forwarded(made, toolCall('echo', { text: 'staging', at: 1 }))
    expect(asked(made)).toEqual([{ text: null, why: 'unread' }, { text: '{"at":1,"text":"staging"}' }])
    expect((await decided(made)).data).toMatchObject({ verdict: 'allow', input: { argumentsSeen: 'text' } })
  })

  test('denies by what is in it', async () => {
    const made = await world(NO_PRODUCTION)
    const body = JSON.stringify(
      await (await post(made.proxy, toolCall('echo', { text: 'production' }))).json(),
    )
    expect(body).toContain('it is about production')
    expect((await decided(made)).data).toMatchObject({
      verdict: 'deny',
      by: 'guardrails',
      rule: 'guardrail no-production',
      fault: null,
    })
    expect(made.upstream.seen).toEqual([])
  })

  test('costs one question for each call after the first', async () => {
    const made = await world(NO_PRODUCTION)
    for (const id of [1, 2, 3]) await forwarded(made, toolCall('echo', { text: 'x' }, id))
    expect(asked(made).map(({ text }) => text !== null)).toEqual([false, true, true, true])
  })

  test('that is not in force any more is sent the arguments once, and the record says that none read them', async () => {
    const made = await world(NO_PRODUCTION)
    await forwarded(made, toolCall('echo', { text: 'x' }))
    made.judging.guardrails = []
    await forwarded(made, toolCall('echo', { text: 'x' }, 2))
    await forwarded(made, toolCall('echo', { text: 'x' }, 3))
    expect(asked(made).map(({ text }) => text !== null)).toEqual([false, true, true, false])
    const events = (await made.proxy.actions()).flatMap((event) =>
      event.type === 'sallyport.action.decided.v1' ? [event.data.input?.argumentsSeen] : [],
    )
    expect(events).toEqual(['text', 'unread', 'unread'])
  })

  test('does not read the arguments of another action', async () => {
    const made = await world(NO_PRODUCTION)
    await forwarded(made, toolCall('other', { text: 'production' }))
    expect(asked(made)).toEqual([{ text: null, why: 'unread' }])
  })

  test('that throws denies as a fault of ours, and is recorded as that', async () => {
    const made = await world({
      name: 'broken',
      readsArgumentsOf: READS_ECHO,
      judge() {
        throw new TypeError('a fault of the rule')
      },
    })
    const body = JSON.stringify(await (await post(made.proxy, toolCall('echo', { text: 'x' }))).json())
    expect(body).toContain('fault, not a judgement')
    expect((await decided(made)).data).toMatchObject({
      verdict: 'deny',
      by: 'fault',
      rule: 'fault',
      fault: 'SP_DECISION_RULE_FAILED',
      findings: [],
    })
    expect(made.upstream.seen).toEqual([])
  })

  test('denies arguments that are larger than may be read, with that reason', async () => {
    const made = await world(NO_PRODUCTION)
    await post(made.proxy, toolCall('echo', { text: 'x'.repeat(1024 * 1024) }))
    expect((await decided(made)).data).toMatchObject({
      verdict: 'deny',
      rule: 'guardrails: arguments',
      reasons: ['a rule in force reads the arguments, and they are larger than may be read'],
      input: { argumentsSeen: 'too_large' },
    })
    expect(made.upstream.seen).toEqual([])
  })

  test('denies a body that is not JSON, with that reason, and reads one that is', async () => {
    const made = await world(NO_PRODUCTION)
    const api = await startApiUpstream()
    stops.push(() => api.stop())
    made.proxy.control.addUpstream('api', api.url, null, 'http')
    made.judging.outcomes.set('http.post', 'allow')
    const send = (type: string, body: string) =>
      fetch(`${made.proxy.url}/http/api/jobs`, {
        method: 'POST',
        headers: { authorization: `Bearer ${made.proxy.token}`, 'content-type': type },
        body,
      })
    const refused = await send('text/plain', 'production')
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({
      reasons: ['a rule in force reads the arguments, and they are not JSON'],
    })
    expect((await send('application/json', '{"at":"production"}')).status).toBe(403)
    expect(api.seen).toEqual([])
    expect((await send('application/json', '{"at":"staging"}')).status).toBe(200)
  })
})
