import { afterEach, beforeEach, expect, test } from 'vitest'
import { post, toolCall } from '../testing/agent.ts'
import { gatedLog } from '../testing/gated-log.ts'
import { type ProxyFixture, startProxy } from '../testing/proxy-fixture.ts'
import { json, resultOf, startRawUpstream } from '../testing/raw-upstream.ts'

let upstream: Awaited<ReturnType<typeof startRawUpstream>>
let proxy: ProxyFixture | undefined

beforeEach(async () => {
  upstream = await startRawUpstream()
})
afterEach(async () => {
  await proxy?.stop()
  await upstream.stop()
})

async function proxyWith(options: Parameters<typeof startProxy>[0] = {}): Promise<ProxyFixture> {
  const made = await startProxy(options)
  made.control.addUpstream(
    'files',
    upstream.url,
    options.environment ? { kind: 'env', variable: 'FILES_TOKEN' } : null,
  )
  made.decision.outcomes.set('mcp.tools.echo', 'allow')
  proxy = made
  return made
}

const CALL = toolCall('echo', { text: 'hello' })

async function denialOf(response: Response): Promise<{ isError: boolean; text: string; code: unknown }> {
  const { result } = (await response.json()) as {
    result: { isError: boolean; content: [{ text: string }]; _meta: Record<string, { code?: string }> }
  }
  return {
    isError: result.isError,
    text: result.content[0].text,
    code: result._meta['sallyport/denial']?.code,
  }
}

test('nothing goes upstream before the decision is durable', async () => {
  const gate = gatedLog()
  const { url, token } = await proxyWith({ log: gate.log })
  const appending = gate.shut()
  const answer = post({ url, token }, CALL)

  await appending
  expect(upstream.seen).toEqual([])
  gate.open()

  const { request, response } = await upstream.next()
  json(response, resultOf(request.body, 'hello'))
  expect((await answer).status).toBe(200)
})

test('what is stopped while its decision becomes durable does not go upstream', async () => {
  const gate = gatedLog()
  const made = await proxyWith({ log: gate.log })
  const appending = gate.shut()
  const answer = post(made, CALL)
  await appending

  made.control.kill('global')
  gate.open()

  expect((await denialOf(await answer)).text).toContain('kill_switch:global')
  const { data } = await made.recorded('sallyport.action.aborted.v1')
  expect(data).toMatchObject({ stage: 'forwarding', rule: 'kill_switch:global' })
  expect(upstream.seen).toEqual([])
})

test.each([
  ['the kill switch', (made: ProxyFixture) => made.control.kill('gateway:code-agent')],
  ['the revocation of its gateway', (made: ProxyFixture) => made.control.revokeGateway('code-agent')],
])('%s cuts off a call under way', async (_, stop) => {
  const made = await proxyWith()
  const answer = post(made, CALL)
  const { response } = await upstream.next()
  const cut = new Promise((resolve) => response.on('close', resolve))

  stop(made)

  expect(await (await answer).json()).toMatchObject({ error: { data: { code: 'SP_CUT_OFF' } } })
  await cut
  const { data } = await made.recorded('sallyport.action.aborted.v1')
  expect(data).toMatchObject({ stage: 'forwarding' })
})

test.each(['SALLYPORT_SECRET_KEY', 'SALLYPORT_ADMIN_TOKEN'])(
  '%s is never sent as a credential',
  async (name) => {
    const made = await proxyWith({ environment: { [name]: 'k'.repeat(64) } })
    made.control.addUpstream('files', upstream.url, { kind: 'env', variable: name })

    expect(await denialOf(await post(made, CALL))).toMatchObject({ code: 'SP_CREDENTIAL_MISSING' })

    expect(upstream.seen).toEqual([])
  },
)

test('a log that never confirms denies the call, and the upstream never sees it', async () => {
  const gate = gatedLog()
  const { url, token } = await proxyWith({ log: gate.log, config: { limits: { recordMs: 20 } } })
  void gate.shut()

  const denial = await denialOf(await post({ url, token }, CALL))

  expect(denial).toMatchObject({ isError: true, code: 'SP_EVENT_LOG_UNAVAILABLE' })
  expect(denial.text).toContain('not a judgement')
  expect(upstream.seen).toEqual([])
  gate.open()
})

test('a log that fails denies the call', async () => {
  const gate = gatedLog()
  const { url, token, service } = await proxyWith({ log: gate.log })
  gate.fail()

  expect(await denialOf(await post({ url, token }, CALL))).toMatchObject({
    code: 'SP_EVENT_LOG_UNAVAILABLE',
  })

  expect(upstream.seen).toEqual([])
  expect(await service.health['log']?.()).toMatchObject({ status: 'down' })
})

test('what was denied while the log failed is in the record when it is back, as what the agent was told, marked as late', async () => {
  const gate = gatedLog()
  const made = await proxyWith({ log: gate.log })
  gate.fail()
  await denialOf(await post(made, CALL))
  expect((await post(made, { ...CALL, params: { name: 7 } })).status).toBe(400)
  expect(await made.service.health['log']?.()).toMatchObject({ status: 'down', facts: { lost: 0 } })
  const before = await made.actions()

  gate.heal()

  const { data } = await made.recorded('sallyport.action.decided.v1', ({ fault }) => fault !== null)
  expect(data).toMatchObject({
    verdict: 'deny',
    fault: 'SP_EVENT_LOG_UNAVAILABLE',
    action: 'mcp.tools.echo',
    arguments: { text: 'hello' },
  })
  expect(data.reasons.at(-1)).toContain('recorded late')
  await made.recorded('sallyport.action.decided.v1', ({ rule }) => rule === 'strict decoding')
  const late = (await made.actions()).slice(before.length)
  expect(
    late.filter(({ type }) => type === 'sallyport.action.decided.v1').map((event) => event.late),
  ).toEqual([true, true])
  expect(upstream.seen).toEqual([])
})

test('a decision service that fails denies the call and says that it is a fault', async () => {
  const made = await proxyWith()
  made.decision.failure = new Error('gone')

  expect(await denialOf(await post(made, CALL))).toMatchObject({ isError: true, code: 'SP_DECISION_FAILED' })

  const { data } = await made.recorded('sallyport.action.decided.v1')
  expect(data).toMatchObject({ verdict: 'deny', fault: 'SP_DECISION_FAILED' })
  expect(upstream.seen).toEqual([])
})

test('a stale control state denies the call', async () => {
  const made = await proxyWith()
  made.control.staleness = 'the log cannot be read'

  expect(await denialOf(await post(made, CALL))).toMatchObject({ code: 'SP_CONTROL_STALE' })
  expect(upstream.seen).toEqual([])
})

test('the upstream gets its own credential and never the token of the agent', async () => {
  const secret = ['files', 'credential'].join('-')
  const made = await proxyWith({ environment: { FILES_TOKEN: secret } })
  const answer = post(made, CALL, { cookie: 'a=b', 'x-forwarded-for': '1.2.3.4', 'mcp-name': 'other' })

  const { request, response } = await upstream.next()
  json(response, resultOf(request.body, 'hello'))
  await answer

  expect(request.headers.authorization).toBe(`Bearer ${secret}`)
  expect(JSON.stringify(request)).not.toContain(made.token)
  expect(Object.keys(request.headers).sort()).toEqual([
    'accept',
    'accept-encoding',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
    'user-agent',
    'via',
  ])
  // The API of a Sallyport takes no vote from a request that says this.
  expect(request.headers.via).toBe('1.1 sallyport')
  const record = JSON.stringify(await made.actions())
  expect(record).not.toContain(made.token)
  expect(record).not.toContain(secret)
})

test('without the credential in its environment the call is denied as a fault that names the variable', async () => {
  const made = await proxyWith({ environment: {} })

  const denial = await denialOf(await post(made, CALL))

  expect(denial.code).toBe('SP_CREDENTIAL_MISSING')
  expect(denial.text).toContain('FILES_TOKEN')
  expect(upstream.seen).toEqual([])
})

test('what goes upstream is the canonical text and not the bytes that came', async () => {
  const made = await proxyWith()
  const body =
    ' { "jsonrpc" : "2.0", "id": 1, "method": "tools\\/call", "params": {"name":"ech\\u006f","arguments":{"n":1.10}} } '
  const answer = post(made, body)

  const { request, response } = await upstream.next()
  json(response, resultOf(request.body, 'hello'))
  await answer

  const { id } = JSON.parse(request.body)
  expect(request.body).toBe(
    `{"jsonrpc":"2.0","id":"${id}","method":"tools/call","params":{"name":"echo","arguments":{"n":1.10}}}`,
  )
})
