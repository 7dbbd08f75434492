import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineProcess } from '../engine-process.ts'
import { freePort } from '../free-port.ts'
import { agentRoutes, apiRoutes, type Front, type FrontTargets, startFront } from './front.ts'
import { startServiceProcess } from './service-process.ts'

export interface FleetOptions {
  readonly kafkaBrokers: string
  readonly natsUrl: string
  /** How many of each (default 2). */
  readonly proxies?: number
  readonly decisions?: number
  /** How many (default 1); the second is `approvals-2`. */
  readonly approvals?: number
  /** How many (default 1); the second is `audit-2`. */
  readonly audits?: number
  /** Where agents and people reach the fleet; free ports on loopback unless given. */
  readonly proxyPort?: number
  readonly apiPort?: number
  /** What proxies have in their environment besides, such as upstreams' credentials. */
  readonly environment?: Readonly<Record<string, string>>
  readonly adminToken?: string
  /** 32 bytes in Base64; random unless given. */
  readonly secretKey?: string
  readonly log?: (line: string) => void
}

export interface Fleet {
  /** The load-balanced address for agents. */
  readonly proxy: string
  readonly api: string
  readonly proxies: readonly string[]
  /** The APIs behind the front: of each decision, of approvals and of audit. */
  readonly apis: readonly string[]
  /** Of each approvals process: where people reach it, and (`host:port`) where proxies do. */
  readonly approvals: readonly { readonly api: string; readonly grpc: string }[]
  readonly adminToken: string
  /** Processes by name: `proxy-1`, `decision-1`, `approvals`, `audit`… */
  readonly processes: ReadonlyMap<string, EngineProcess>
  stop(): Promise<void>
}

/** The fleet on one machine: every service in processes of its own, on the given Kafka and NATS. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-fleet-'))
  const adminToken = options.adminToken ?? `sp_api_${randomBytes(32).toString('base64url')}`
  const processes = new Map<string, EngineProcess>()
  const fronts: Front[] = []
  const log = options.log ?? (() => undefined)
  const stop = async () => {
    await Promise.all(fronts.map((front) => front.close()))
    await Promise.all([...processes.values()].map((process) => process.stop()))
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const ports = await takePorts({
      proxies: options.proxies ?? 2,
      decisions: options.decisions ?? 2,
      approvals: options.approvals ?? 1,
      audits: options.audits ?? 1,
    })
    // First, so that a taken port is told before anything has been started.
    const targets: FrontTargets = {
      proxies: ports.proxies.map(({ proxy }) => loopback(proxy)),
      probes: ports.proxies.map(({ api }) => loopback(api)),
      decisions: ports.decisions.map(({ api }) => loopback(api)),
      approvals: ports.approvals.map(({ api }) => loopback(api)),
      audits: ports.audits.map(({ api }) => loopback(api)),
    }
    fronts.push(await startFront('127.0.0.1', options.proxyPort ?? 0, agentRoutes(targets)))
    fronts.push(await startFront('127.0.0.1', options.apiPort ?? 0, apiRoutes(targets)))
    const shared = {
      SALLYPORT_APPROVAL_URL: `${(fronts[1] as Front).url}/approve/{id}`,
      // Everything in it, and what it reaches, is on this machine.
      SALLYPORT_PRIVATE_ADDRESSES: 'localhost,127.0.0.0/8,::1',
      ...options.environment,
      SALLYPORT_KAFKA_BROKERS: options.kafkaBrokers,
      SALLYPORT_NATS_URL: options.natsUrl,
      SALLYPORT_SECRET_KEY: options.secretKey ?? randomBytes(32).toString('base64'),
      SALLYPORT_ADMIN_TOKEN: adminToken,
      SALLYPORT_DECISION_ADDRESSES: ports.decisions.map(({ grpc }) => `127.0.0.1:${grpc}`).join(','),
      SALLYPORT_APPROVALS_ADDRESSES: ports.approvals.map(({ grpc }) => `127.0.0.1:${grpc}`).join(','),
      KAFKAJS_NO_PARTITIONER_WARNING: '1',
    }
    const specs = [
      ...ports.decisions.map(({ grpc, api }, index) =>
        serviceOf(`decision-${index + 1}`, 'decision', { grpc, api }),
      ),
      ...ports.approvals.map((one, index) => serviceOf(numbered('approvals', index), 'approvals', one)),
      ...ports.audits.map((audit, index) => serviceOf(numbered('audit', index), 'audit', audit)),
      ...ports.proxies.map((proxy, index) => serviceOf(`proxy-${index + 1}`, 'proxy', proxy)),
    ]
    const peersOf = (own: string) =>
      specs.filter(({ name }) => name !== own).map(({ name, health }) => `${name}=${health}`)
    // The decisions first: they make the topics and the first admin token that everybody else reads.
    const [decisions, others] = [specs.filter(isDecision), specs.filter((spec) => !isDecision(spec))]
    for (const group of [decisions, others]) {
      await Promise.all(
        group.map(async (spec) => {
          log(`fleet: starting ${spec.name}`)
          const own = await ownFiles(folder, spec)
          const peers = { SALLYPORT_PEERS: peersOf(spec.name).join(',') }
          const told = isDecision(spec) ? { SALLYPORT_PROXY_URL: (fronts[0] as Front).url } : {}
          const environment = { ...told, ...shared, ...peers, ...spec.environment, ...own }
          processes.set(
            spec.name,
            await startServiceProcess({ ...spec, environment, logFolder: folder, log }),
          )
        }),
      )
    }
    const [agents, people] = fronts as [Front, Front]
    return {
      proxy: agents.url,
      api: people.url,
      proxies: targets.proxies,
      apis: [...targets.decisions, ...targets.approvals, ...targets.audits],
      approvals: ports.approvals.map(({ api, grpc }) => ({ api: loopback(api), grpc: `127.0.0.1:${grpc}` })),
      adminToken,
      processes,
      stop,
    }
  } catch (reason) {
    await stop()
    throw reason
  }
}

/** An audit has an embedded ClickHouse of its own; a proxy keeps in a file what its log does not take. */
async function ownFiles(
  folder: string,
  { service, name }: { readonly service: string; readonly name: string },
) {
  if (service === 'proxy') return { SALLYPORT_PROXY_LATE_FILE: join(folder, `${name}.late.jsonl`) }
  if (service !== 'audit') return {}
  const data = join(folder, `clickhouse-${name}`)
  await mkdir(data)
  return { SALLYPORT_CLICKHOUSE_DATA: data }
}

type Listens = { readonly grpc?: number; readonly api?: number; readonly proxy?: number }

function serviceOf(name: string, service: 'proxy' | 'decision' | 'approvals' | 'audit', ports: Listens) {
  const environment: Record<string, string> = {}
  if (ports.grpc) environment['SALLYPORT_GRPC_LISTEN'] = `127.0.0.1:${ports.grpc}`
  if (ports.api) environment['SALLYPORT_API_LISTEN'] = `127.0.0.1:${ports.api}`
  if (ports.proxy) {
    environment['SALLYPORT_PROXY_LISTEN'] = `127.0.0.1:${ports.proxy}`
    environment['SALLYPORT_PROXY_ADVERTISE'] = loopback(ports.proxy)
  }
  const flags = service === 'approvals' ? LEAN : []
  return { name, service, environment, flags, health: loopback(ports.proxy ?? ports.api ?? 0) }
}

/** Keeps every open approval in memory: with Node's own bounds as much again would be garbage. */
const LEAN = ['--max-semi-space-size=4', '--max-old-space-size=1024']
/** The first of a kind that runs once by default has no number. */
const numbered = (name: string, index: number) => (index === 0 ? name : `${name}-${index + 1}`)
const isDecision = (spec: { readonly service: string }) => spec.service === 'decision'
const loopback = (port: number) => `http://127.0.0.1:${port}`

type Counts = Readonly<Record<'proxies' | 'decisions' | 'approvals' | 'audits', number>>

async function takePorts({ proxies, decisions, approvals, audits }: Counts) {
  const pair = async () => ({ grpc: await freePort(), api: await freePort() })
  const several = <T>(count: number, make: () => Promise<T>) =>
    Promise.all(Array.from({ length: count }, make))
  return {
    decisions: await several(decisions, pair),
    approvals: await several(approvals, pair),
    audits: await several(audits, async () => ({ api: await freePort() })),
    proxies: await several(proxies, async () => ({ proxy: await freePort(), api: await freePort() })),
  }
}
