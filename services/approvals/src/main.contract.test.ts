import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { kafkaEventLog } from '@sallyport/event-log/kafka'
import { TOPICS } from '@sallyport/events'
import { engine, freePort } from '@sallyport/native'
import { connectApprovals } from '@sallyport/rpc/grpc'
import { deriveKey, newId } from '@sallyport/runtime'
import { approvalSubject } from '@sallyport/signals'
import { natsSignals } from '@sallyport/signals/nats'
import { connect } from 'nats'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { issueTokens } from './testing/api.ts'
import { request } from './testing/instance.ts'
import { BOT_TOKEN, startSlackServer } from './testing/slack-server.ts'

const kafka = await engine('kafka')
const nats = await engine('nats')
const SECRET = 'a1'.repeat(32)

describe.skipIf(!kafka.available || !nats.available)('the process of a fleet on Kafka and NATS', () => {
  const children: ChildProcess[] = []
  const ends: (() => Promise<unknown>)[] = []
  let environment: Record<string, string> = {}
  let brokers: string[] = []
  let natsUrl = ''
  let slack: Awaited<ReturnType<typeof startSlackServer>>

  beforeAll(async () => {
    const [broker, server] = await Promise.all([kafka.start(), nats.start()])
    ends.push(
      () => broker.stop(),
      () => server.stop(),
    )
    brokers = broker.url.split(',')
    natsUrl = server.url
    slack = await startSlackServer()
    ends.push(() => slack.close())
    const log = kafkaEventLog({ brokers, clientId: 'test' })
    await log.ensureTopics([TOPICS.control])
    await issueTokens(log, new Date())
    await log.close()
    environment = {
      PATH: process.env['PATH'] ?? '',
      KAFKAJS_NO_PARTITIONER_WARNING: '1',
      SALLYPORT_KAFKA_BROKERS: brokers.join(','),
      SALLYPORT_NATS_URL: natsUrl,
      SALLYPORT_SECRET_KEY: SECRET,
      SALLYPORT_LOG_LEVEL: 'info',
      SALLYPORT_SLACK_URL: slack.url,
      SALLYPORT_SLACK_TOKEN: BOT_TOKEN,
      SALLYPORT_APPROVAL_ROUTES: '*=slack:C0ALL',
      SALLYPORT_API_LISTEN: `127.0.0.1:${await freePort()}`,
      SALLYPORT_GRPC_LISTEN: `127.0.0.1:${await freePort()}`,
    }
  })

  afterAll(async () => {
    for (const child of children)
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    for (const end of ends.reverse()) await end()
  })

  /** Resolves when the process says that it answers. */
  async function startMain(): Promise<ChildProcess> {
    const main = join(import.meta.dirname, 'main.ts')
    const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] })
    children.push(child)
    let said = ''
    for await (const chunk of child.stderr ?? []) {
      said += String(chunk)
      if (said.includes('approvals are answered')) break
    }
    expect(said).toContain('approvals are answered')
    return child
  }

  /** What the stream says first to somebody who has heard of everything up to `lastEventId`. */
  async function beginningOfStream(lastEventId: string): Promise<string> {
    const abort = new AbortController()
    const response = await fetch(`http://${environment['SALLYPORT_API_LISTEN']}/v1/approvals/stream`, {
      headers: { authorization: 'Bearer approver-dana', 'last-event-id': lastEventId },
      signal: abort.signal,
    })
    const first = await response.body?.pipeThrough(new TextDecoderStream()).getReader().read()
    abort.abort()
    return first?.value ?? ''
  }

  test('keeps a held call through its own kill -9, wakes whoever waits, bots on NATS too, keeps its one message in Slack, and ends when told to', async () => {
    const killed = await startMain()
    const internalToken = deriveKey(Buffer.from(SECRET, 'hex'), 'internal')
    const addresses = [environment['SALLYPORT_GRPC_LISTEN'] ?? '']
    const proxy = connectApprovals({ addresses, internalToken, deadlineMs: 10_000 })
    ends.push(async () => proxy.close())
    const { binding, ...facts } = request()
    const held = await proxy.requestApproval({ ...facts, binding: { ...binding, gatewayId: newId() } })

    await expect.poll(slack.messages, { timeout: 30_000 }).toHaveLength(1)
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    const child = await startMain()
    expect(await proxy.getApprovals([held.approvalId])).toMatchObject([{ status: 'pending' }])

    const signals = natsSignals({ servers: natsUrl })
    ends.push(() => signals.close())
    const woken = Promise.withResolvers<void>()
    await signals.subscribe(approvalSubject(held.approvalId), () => woken.resolve()).ready
    const bus = await connect({ servers: natsUrl })
    ends.push(() => bus.close())
    const messages = bus.subscribe('sallyport.approvals.*')
    await bus.flush()
    const answer = await fetch(
      `http://${environment['SALLYPORT_API_LISTEN']}/v1/approvals/${held.approvalId}/approve`,
      { method: 'POST', headers: { authorization: 'Bearer approver-dana' } },
    )
    expect(answer.status).toBe(200)
    await woken.promise
    const message = (await messages[Symbol.asyncIterator]().next()).value
    const told = JSON.parse(message?.string() ?? '')
    expect(told).toEqual({ approvalId: held.approvalId, status: 'approved', id: expect.any(String) })
    expect(await beginningOfStream(told.id)).toMatch(/^event: current\nid: .*\ndata: {"resumed":true}\n\n/)
    const inSlack = () => JSON.stringify(slack.messages()[0]?.blocks)
    await expect.poll(inSlack, { timeout: 30_000 }).toContain('approved by approver-dana')
    expect(slack.messages()).toHaveLength(1)
    const claim = { ...held, actionId: 'act-1', claimant: 'proxy/1' }
    expect(await proxy.claimApproval(claim)).toMatchObject({ claimed: true })

    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
