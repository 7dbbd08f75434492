import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { callDigest } from '@sallyport/approval'
import { createPublisher } from '@sallyport/event-log'
import { kafkaEventLog } from '@sallyport/event-log/kafka'
import { type AnyNewEvent, newEvent } from '@sallyport/events'
import { type EngineProcess, type Fleet, startFleet, startKafka, startNats } from '@sallyport/native'
import { ArgumentSeal } from '@sallyport/rpc'
import { deriveKey, newId, silentLogger } from '@sallyport/runtime'
import { apiOf } from '../e2e/support/api.ts'
import { compositionOf } from '../e2e/support/composition-of-fleet.ts'
import { quantile } from './load.ts'
import { count, markdownTable, ms } from './table.ts'
import { benchVotes } from './votes.ts'

const OF_ONE_GATEWAY = 500
const AT_ONCE = 5000
const READS = 200
const DAY_MS = 24 * 60 * 60 * 1000

/** What the issue asks for, with so many approvals that wait for a person. */
const TO_REACH = { firstPageMs: 50, voteMs: 100, memoryMb: 400, readyMs: 10_000 }

/**
 * So many pending approvals on a fleet on real Kafka and NATS: reading them, voting among them, the memory of the
 * process that keeps them, and its start from the log.
 */
export async function benchPending(pending: number): Promise<string> {
  const kafka = await startKafka()
  const nats = await startNats()
  const secret = randomBytes(32)
  const fleet = await startFleet({
    kafkaBrokers: kafka.brokers.join(','),
    natsUrl: nats.url,
    proxies: 1,
    decisions: 1,
    secretKey: secret.toString('base64'),
    environment: { SALLYPORT_APPROVAL_EXPIRES_MS: String(DAY_MS) },
  })
  try {
    await fill(fleet, kafka.brokers, secret, pending)
    const rows = [
      ...(await memory(fleet, 'after they were asked for')),
      ...(await restart(fleet, pending)),
      ...(await memory(fleet, 'after the restart')),
      ...(await reads(fleet)),
      ...(await votes(fleet)),
      ...(await memory(fleet, 'at the end')),
    ]
    return markdownTable([`with ${count(pending)} pending`, 'measured', 'to reach'], rows)
  } finally {
    await fleet.stop()
    await nats.stop()
    await kafka.stop()
  }
}

/** Writes into the log what was asked for, for calls of as many gateways as their limit asks for. */
async function fill(
  fleet: Fleet,
  brokers: readonly string[],
  secret: Uint8Array,
  pending: number,
): Promise<void> {
  const api = apiOf(compositionOf(fleet))
  const seal = new ArgumentSeal(deriveKey(secret, 'arguments'))
  const gateways: GatewayRef[] = []
  for (let made = 0; made < pending; made += OF_ONE_GATEWAY)
    gateways.push((await api.addGateway()) as { name: string; token: string } & GatewayRef)
  const log = kafkaEventLog({ brokers, clientId: 'bench', logger: silentLogger })
  const publisher = createPublisher({ log, producer: `approvals/bench-${randomUUID()}` })
  for (let first = 0; first < pending; first += AT_ONCE) {
    const ask = async (nth: number) => {
      const gateway = gateways[Math.floor(nth / OF_ONE_GATEWAY)]
      if (gateway) await publisher.publish(await heldCall(seal, gateway, nth))
    }
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, pending - first) }, (_, nth) => ask(first + nth)),
    )
  }
  await publisher.close()
  await log.close()
  while (((await statusOf(fleet)).facts['open'] ?? 0) < pending) await delay(100)
}

interface GatewayRef {
  readonly id: string
  readonly name: string
}

async function heldCall(seal: ArgumentSeal, gateway: GatewayRef, nth: number): Promise<AnyNewEvent> {
  const given = { owner: 'acme', repo: 'website', title: `note ${nth}`, body: randomUUID().repeat(6) }
  const binding = {
    tenant: 'default',
    gatewayId: gateway.id,
    upstream: 'notes',
    upstreamDigest: 'd'.repeat(64),
    action: 'mcp.tools.create_note',
    argsDigest: randomBytes(32).toString('hex'),
    toolDigest: 'e'.repeat(64),
    policyVersion: 'p-0123456789abcdef',
  }
  const [approvalId, key, now] = [newId(), callDigest(binding), new Date()]
  const data = {
    approvalId,
    callDigest: key,
    binding,
    actionId: newId(),
    gateway: { id: gateway.id, name: gateway.name },
    connector: 'mcp',
    tool: 'create_note',
    risk: 'medium' as const,
    rule: 'permission mcp.tools.create_*',
    reasons: ['permission mcp.tools.create_* asks for a person'],
    arguments: given,
    sealedArguments: await seal.seal(JSON.stringify({ arguments: given }), key),
    client: { name: 'claude-code', version: '2.1.197' },
    expiresAt: new Date(now.getTime() + DAY_MS).toISOString(),
    usableForMs: 600_000,
    stages: [{ need: 1, of: [{ kind: 'anyone' as const, name: 'anyone', id: null }] }],
    fallback: [],
    remindAt: null,
    escalateAt: null,
    excluded: [],
  }
  const type = 'sallyport.approval.requested.v2'
  return newEvent({ type, source: '/approvals', subject: approvalId, tenant: 'default', key, data }, now)
}

async function metricOf({ approvals }: Fleet): Promise<(metric: string) => number> {
  const text = await (await fetch(`${approvals[0]?.api}/metrics`)).text()
  return (metric) => Number(new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
}

/** Of the approvals process since it was started, in milliseconds. */
async function processorMs(fleet: Fleet): Promise<number> {
  return (await metricOf(fleet))('process_cpu_seconds_total') * 1000
}

async function memory(fleet: Fleet, when: string): Promise<string[][]> {
  const metric = await metricOf(fleet)
  const mb = (name: string) => metric(name) / 1e6
  const [resident, heap] = [mb('process_resident_memory_bytes'), mb('nodejs_heap_size_used_bytes')]
  const figures = `${count(resident)} MB, of its heap ${count(heap)} MB used`
  return [[`memory of approvals ${when}`, figures, `${TO_REACH.memoryMb} MB`]]
}

/** Killed, not stopped. */
async function restart(fleet: Fleet, pending: number): Promise<string[][]> {
  const process = fleet.processes.get('approvals') as EngineProcess
  await process.kill9()
  const from = performance.now()
  const restarted = process.restart()
  const isReady = async () => {
    const answer = await fetch(`${fleet.approvals[0]?.api}/readyz`).catch(() => undefined)
    return answer?.ok ?? false
  }
  while (!(await isReady())) await delay(10)
  const took = performance.now() - from
  await restarted
  const { facts } = await statusOf(fleet)
  if ((facts['open'] ?? 0) < pending) throw new Error(`it is ready with ${facts['open']} of ${pending}`)
  const figures = `${count(took)} ms, ${count(await processorMs(fleet))} ms of processor time`
  return [['ready after it was killed', figures, `${count(TO_REACH.readyMs)} ms`]]
}

interface Part {
  readonly facts: Readonly<Record<string, number>>
}

async function statusOf({ approvals, adminToken }: Fleet): Promise<Part> {
  const headers = { authorization: `Bearer ${adminToken}` }
  const answer = await fetch(`${approvals[0]?.api}/v1/status`, { headers })
  const { parts } = (await answer.json()) as { readonly parts: Readonly<Record<string, Part>> }
  return parts['approvals'] ?? { facts: {} }
}

async function reads(fleet: Fleet): Promise<string[][]> {
  const { approvals, adminToken } = fleet
  const headers = { authorization: `Bearer ${adminToken}` }
  const read = async (path: string) => {
    const answer = await fetch(`${approvals[0]?.api}${path}`, { headers })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as {
      items?: { readonly approvalId: string; readonly gateway: { readonly name: string } }[]
    }
  }
  const first = (await read('/v1/approvals?limit=50')).items?.[0]
  const paths = [
    ['first page of 50', '/v1/approvals?limit=50', `${TO_REACH.firstPageMs} ms`],
    ['first page of one gateway', `/v1/approvals?limit=50&gateway=${first?.gateway.name}`, ''],
    ['how many wait, and for how long', '/v1/approvals/counts', ''],
    ['one approval with its context', `/v1/approvals/${first?.approvalId}`, ''],
  ] as const
  const rows: string[][] = []
  for (const [what, path, reach] of paths) {
    const times: number[] = []
    const before = await processorMs(fleet)
    for (let nth = 0; nth < READS; nth += 1) {
      const from = performance.now()
      await read(path)
      times.push(performance.now() - from)
    }
    const processor = ((await processorMs(fleet)) - before) / READS
    const [begins = 0] = times
    times.sort((a, b) => a - b)
    const figures = `${ms(begins)} ms the first time, p50 ${ms(quantile(times, 0.5))}, p95 ${ms(quantile(times, 0.95))}; ${ms(processor)} of processor time`
    rows.push([what, figures, reach])
  }
  return rows
}

async function votes(fleet: Fleet): Promise<string[][]> {
  const told = await benchVotes(compositionOf(fleet), 100)
  return [['vote → upstream receives the held call', told, `p95 ${TO_REACH.voteMs} ms`]]
}
