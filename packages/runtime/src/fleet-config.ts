import { type ConfigOf, type ConfigSpec, type Environment, InvalidConfig, readConfig } from './config.ts'
import { type ClickHouseSettings, clickhouseFaults, clickhouseSendsSecret } from './engines/clickhouse.ts'
import { type GrpcSettings, grpcListenFaults, grpcPeersFaults } from './engines/grpc.ts'
import { type KafkaSettings, kafkaFaults, kafkaSendsSecret } from './engines/kafka.ts'
import { type NatsSettings, natsFaults, natsSendsSecret } from './engines/nats.ts'
import type { fleetSpec } from './fleet-variables.ts'
import { type FleetPerimeter, ShortcutRefused } from './perimeter/perimeter.ts'
import { type PlainConnection, plaintextFaults } from './perimeter/plaintext.ts'
import type { ListenAddress } from './variables.ts'

/** The groups of a fleet's configuration that are judged together; a process has some of them. */
interface Judged {
  readonly perimeter: FleetPerimeter
  readonly kafka: KafkaSettings
  readonly nats?: NatsSettings
  readonly grpc?: GrpcSettings & { readonly listen: ListenAddress }
  readonly peers?: Partial<GrpcSettings> & {
    readonly decisions?: readonly string[]
    readonly approvals?: readonly string[]
    readonly addresses?: readonly string[]
  }
  readonly clickhouse?: ClickHouseSettings
  /** A proxy answers operators only where it is told to. */
  readonly api?: { readonly listen: ListenAddress | null }
  readonly listen?: { readonly address: ListenAddress; readonly advertise: string | null }
  readonly authorization?: { readonly url: string | null }
  readonly agents?: { readonly proxyUrl: string | null }
}

/**
 * The configuration of a process of a fleet. Beside each variable it judges what belongs together, and the connections
 * that would be plain text. Such a process takes no arguments. Reports all faults of either kind at once as one `InvalidConfig`.
 */
export function readFleetConfig<S extends ConfigSpec & typeof fleetSpec>(
  spec: S,
  environment: Environment,
  args: readonly string[] = process.argv.slice(2),
): ConfigOf<S> {
  refuseArguments(args)
  const config = readConfig(spec, environment)
  // Each group is one of those specs above, whatever else the process reads.
  const faults = fleetFaults(config as unknown as Judged)
  if (faults.length > 0) throw new InvalidConfig(faults)
  return config
}

/** Damage of a fleet's log is accepted by no process by itself: the others would fold something else. */
function refuseArguments([first]: readonly string[]): void {
  if (first?.startsWith('--accept-log-damage'))
    throw new ShortcutRefused('--accept-log-damage', 'restore the log')
  if (first !== undefined) throw new InvalidConfig([`${first} is unknown here: variables say everything`])
}

function fleetFaults(config: Judged): string[] {
  const { perimeter, kafka, nats, grpc, peers, clickhouse } = config
  return [
    ...kafkaFaults(kafka),
    ...(nats ? natsFaults(nats) : []),
    ...(grpc ? grpcListenFaults(grpc) : []),
    ...(isGrpc(peers) ? grpcPeersFaults(peers) : []),
    ...(clickhouse ? clickhouseFaults(clickhouse) : []),
    ...plaintextFaults(perimeter, plainConnections(config)),
  ]
}

function isGrpc(peers: Judged['peers']): peers is GrpcSettings {
  return peers?.ca !== undefined
}

function plainConnections(config: Judged): PlainConnection[] {
  const { kafka, nats, grpc, peers, clickhouse, api, listen, authorization, agents } = config
  const plain: PlainConnection[] = []
  const add = (variable: string, remedy: string, hosts: readonly string[], secret = false) =>
    plain.push({ variable, remedy, hosts, secret })
  if (kafka.tls === 'off')
    add(
      'SALLYPORT_KAFKA_BROKERS',
      'set SALLYPORT_KAFKA_TLS',
      kafka.brokers.map(hostOf),
      kafkaSendsSecret(kafka),
    )
  if (nats?.tls === 'off')
    add('SALLYPORT_NATS_URL', 'set SALLYPORT_NATS_TLS', nats.servers.map(hostOf), natsSendsSecret(nats))
  if (grpc?.certificate === null) add('SALLYPORT_GRPC_LISTEN', 'set SALLYPORT_GRPC_CERT', [grpc.listen.host])
  if (peers?.ca === null) {
    // Every call carries the bearer of the installation.
    add('SALLYPORT_DECISION_ADDRESSES', 'set SALLYPORT_GRPC_CA', (peers.decisions ?? []).map(hostOf), true)
    add('SALLYPORT_APPROVALS_ADDRESSES', 'set SALLYPORT_GRPC_CA', (peers.approvals ?? []).map(hostOf), true)
  }
  if (clickhouse)
    add(
      'SALLYPORT_CLICKHOUSE_URL',
      'use https',
      plainUrls([clickhouse.url ?? '']),
      !isUnreadable(clickhouse.url) && clickhouseSendsSecret(clickhouse),
    )
  const health = (peers?.addresses ?? []).map((text) => text.slice(text.indexOf('=') + 1))
  add('SALLYPORT_PEERS', 'use https', plainUrls(health))
  add('SALLYPORT_PROXY_ADVERTISE', 'use https', plainUrls([listen?.advertise ?? '']))
  add('SALLYPORT_PROXY_URL', 'use https', plainUrls([authorization?.url ?? agents?.proxyUrl ?? '']))
  const behind = 'let something that ends TLS stand in front'
  if (listen) add('SALLYPORT_PROXY_LISTEN', behind, [listen.address.host])
  if (api?.listen) add('SALLYPORT_API_LISTEN', behind, [api.listen.host])
  return plain
}

function isUnreadable(url: string | null): boolean {
  return url === null || !URL.canParse(url)
}

function plainUrls(urls: readonly string[]): string[] {
  return urls.filter((url) => /^http:/i.test(url) && URL.canParse(url)).map((url) => new URL(url).hostname)
}

/** Of `host:port`, `[v6]:port` and `scheme://host:port`. */
function hostOf(address: string): string {
  return address.replace(/^\w+:\/\//, '').replace(/:\d+$/, '')
}
