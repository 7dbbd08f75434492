import { type EventLog, memoryEventLog } from '@sallyport/event-log'
import { connectDecision } from '@sallyport/rpc/grpc'
import { deriveKey, newToken, readConfig, silentLogger } from '@sallyport/runtime'
import { afterEach, describe, expect, it } from 'vitest'
import { decisionSpec } from './config.ts'
import { type DecisionProcess, decisionProcess } from './process.ts'

import { question } from './testing/question.ts'

const SECRET = 'a1'.repeat(32)
const ADMIN = newToken('sp_api_')
const ENVIRONMENT = {
  SALLYPORT_KAFKA_BROKERS: '127.0.0.1:1',
  SALLYPORT_SECRET_KEY: SECRET,
  SALLYPORT_ADMIN_TOKEN: ADMIN,
  SALLYPORT_API_LISTEN: '127.0.0.1:0',
  SALLYPORT_GRPC_LISTEN: '127.0.0.1:0',
  SALLYPORT_PRIVATE_ADDRESSES: '127.0.0.0/8',
}
const stops: (() => unknown)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

/** A process that shares its log with others, so that it ends with the test and not with one of them. */
async function start(log: EventLog): Promise<DecisionProcess> {
  const shared: EventLog = {
    append: (topic, records) => log.append(topic, records),
    read: (topic, options) => log.read(topic, options),
    ends: (topic) => log.ends(topic),
    offsetsAt: (topic, time) => log.offsetsAt(topic, time),
    ping: () => log.ping(),
    close: async () => undefined,
  }
  const process = decisionProcess(readConfig(decisionSpec, ENVIRONMENT), {
    log: shared,
    logger: silentLogger,
  })
  await process.start()
  stops.push(() => process.stop())
  return process
}

function connect(processes: readonly DecisionProcess[], secret = SECRET) {
  const client = connectDecision({
    addresses: processes.map(({ addresses }) => addresses.grpc),
    internalToken: deriveKey(Buffer.from(secret, 'hex'), 'internal'),
    deadlineMs: 10_000,
  })
  stops.push(() => client.close())
  return client
}

async function command({ addresses }: DecisionProcess, method: string, path: string, body?: object) {
  const response = await fetch(addresses.api + path, {
    method,
    headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json().catch(() => null)) as { id: string } }
}

async function governed(process: DecisionProcess) {
  const gateway = await command(process, 'POST', '/v1/gateways', { name: 'code-agent' })
  expect(gateway.status).toBe(201)
  const target = { kind: 'http', url: 'http://127.0.0.1:3001/mcp' }
  const upstream = { connector: 'mcp', name: 'files', target }
  expect((await command(process, 'POST', '/v1/upstreams', upstream)).status).toBe(201)
  const permission = {
    gateway: 'code-agent',
    upstream: 'files',
    action: 'mcp.tools.read_*',
    decision: 'allow',
  }
  expect((await command(process, 'PUT', '/v1/permissions', permission)).status).toBe(200)
  return question({ gatewayId: gateway.body.id })
}

describe('two decision processes on one log', () => {
  it('one is told by HTTP and both judge by it over gRPC', async () => {
    const log = memoryEventLog()
    const [one, two] = await Promise.all([start(log), start(log)])
    const request = await governed(one)
    const verdicts = [connect([one]), connect([two])].map((client) => async () => client.decide(request))
    for (const verdict of verdicts)
      await expect.poll(verdict).toMatchObject({ outcome: 'allow', rule: 'permission mcp.tools.read_*' })

    await command(two, 'PUT', '/v1/kill-switch', { scope: 'global', on: true })
    for (const verdict of verdicts)
      await expect.poll(verdict).toMatchObject({ outcome: 'deny', rule: 'kill_switch:global' })
    await command(two, 'PUT', '/v1/kill-switch', { scope: 'global', on: false })
    await command(two, 'DELETE', '/v1/gateways/code-agent')
    for (const verdict of verdicts)
      await expect.poll(verdict).toMatchObject({ outcome: 'deny', rule: 'unknown gateway' })
  })

  it('one stops and the other goes on judging', async () => {
    const log = memoryEventLog()
    const [one, two] = await Promise.all([start(log), start(log)])
    const request = await governed(one)
    const client = connect([one, two])
    await expect.poll(async () => client.decide(request)).toMatchObject({ outcome: 'allow' })
    await one.stop()
    await expect.poll(async () => client.decide(request)).toMatchObject({ outcome: 'allow' })
    await expect.poll(() => client.health()).toMatchObject({ status: 'degraded' })
    expect(await client.decide(request)).toMatchObject({ outcome: 'allow' })
  })
})

it('a caller without the secret of the installation gets no verdict', async () => {
  const process = await start(memoryEventLog())
  const request = await governed(process)
  expect(await connect([process], 'b2'.repeat(32)).decide(request)).toMatchObject({
    outcome: 'deny',
    fault: 'SP_DECISION_UNAVAILABLE',
  })
})

it('the process says that it is well', async () => {
  const process = await start(memoryEventLog())
  expect((await fetch(`${process.addresses.api}/healthz`)).status).toBe(200)
  expect(await command(process, 'GET', '/v1/status')).toMatchObject({ body: { status: 'ok' } })
})

it.each([
  ['short', 'sp_api_short'],
  ['with a blank', 'a b'.repeat(20)],
])('an admin token that is %s is refused without being shown', (_how, token) => {
  const read = () => readConfig(decisionSpec, { ...ENVIRONMENT, SALLYPORT_ADMIN_TOKEN: token })
  expect(read).toThrow(/SALLYPORT_ADMIN_TOKEN must be/)
  expect(read).not.toThrow(token)
})
