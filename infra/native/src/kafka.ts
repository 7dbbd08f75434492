import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { startEngineProcess } from './engine-process.ts'
import { EngineFailed } from './errors.ts'
import { freePort } from './free-port.ts'
import { installKafka, type KafkaInstall } from './kafka-install.ts'
import { runCommand } from './run-command.ts'

export interface KafkaOptions {
  /** The loopback port clients use; a free one unless given. */
  readonly port?: number
  /** Where the broker keeps its log; a folder given here is kept, otherwise one is made and removed on stop. */
  readonly dataDir?: string
  /** Told in one line what is being done. */
  readonly log?: (line: string) => void
  /** More addresses on loopback, by name: port and protocol (`SSL`, `SASL_SSL`). */
  readonly listeners?: Readonly<Record<string, readonly [port: number, protocol: string]>>
  /** Lines of server.properties beside those of the template. */
  readonly properties?: readonly string[]
  /** `-D…` for its Java. */
  readonly systemProperties?: readonly string[]
  /** `SCRAM-SHA-512=[name=…,password=…]`, made with the storage. */
  readonly scramUsers?: readonly string[]
}

/** A real broker run by this machine's Java, alone in its cluster. It never outlives this process. */
export interface NativeKafka {
  /** For kafkajs: `['127.0.0.1:PORT']`. */
  readonly brokers: string[]
  /** The Java process, undefined while it does not run. */
  readonly pid: number | undefined
  /** Ends the broker in good order; removes the data folder unless it was given. */
  stop(): Promise<void>
  /** Ends the broker as a crash would. Its data stays until `stop`. */
  kill9(): Promise<void>
  /** Brings the broker back on the same port and data, after a kill or from running. */
  restart(): Promise<void>
}

const template = join(import.meta.dirname, '../kafka/server.properties')

/** Starts a broker and resolves when it answers. Throws EngineMissing or EngineFailed, each in one line. */
export async function startKafka(options: KafkaOptions = {}): Promise<NativeKafka> {
  const log = options.log ?? (() => undefined)
  const install = await installKafka()
  const folder = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'sallyport-kafka-')))
  const port = options.port ?? (await freePort())
  const kept = options.dataDir !== undefined
  const discard = () => (kept ? undefined : rm(folder, { recursive: true, force: true }))

  log(`kafka: starting ${install.version} on 127.0.0.1:${port} (java ${install.javaVersion})`)
  try {
    const config = await writeConfig(folder, port, options)
    await format(install, folder, config, options.scramUsers ?? [])
    const engine = await startEngineProcess({
      name: 'kafka',
      command: install.java,
      args: [
        ...['-Xmx512m', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', ...(options.systemProperties ?? [])],
        ...[...kafkaMain(install), config],
      ],
      logFile: join(folder, 'kafka.log'),
      ...(kept ? {} : { discard: folder }),
      probe: () => describeCluster(port),
      readyWithin: 90_000,
    })
    return {
      brokers: [`127.0.0.1:${port}`],
      get pid() {
        return engine.pid
      },
      kill9: engine.kill9,
      restart: engine.restart,
      async stop() {
        // A log that is thrown away need not be closed in good order, which takes the broker a second.
        await (kept ? engine.stop() : engine.kill9())
        await discard()
      },
    }
  } catch (error) {
    await discard()
    throw error
  }
}

function kafkaMain(install: KafkaInstall): string[] {
  return ['-cp', join(install.jars, '*'), 'kafka.Kafka']
}

async function writeConfig(folder: string, port: number, options: KafkaOptions): Promise<string> {
  const logDir = join(folder, 'log')
  await mkdir(logDir, { recursive: true })
  const config = join(folder, 'server.properties')
  const filled = (await readFile(template, 'utf8'))
    .replaceAll('{{PORT}}', String(port))
    .replaceAll('{{CONTROLLER_PORT}}', String(await freePort()))
    .replaceAll('{{LOG_DIR}}', logDir)
  await writeFile(config, `${filled}\n${additions(filled, options)}`, { mode: 0o600 })
  return config
}

/** The last value of a property counts. */
function additions(filled: string, { listeners = {}, properties = [] }: KafkaOptions): string {
  const more = Object.entries(listeners)
  if (more.length === 0) return properties.join('\n')
  const addresses = more.map(([name, [port]]) => `${name}://127.0.0.1:${port}`)
  const extended = [
    ['listeners', addresses],
    ['advertised.listeners', addresses],
    ['listener.security.protocol.map', more.map(([name, [, protocol]]) => `${name}:${protocol}`)],
  ] as const
  const lines = extended.map(([name, values]) => {
    const before = new RegExp(`^${name.replaceAll('.', '\\.')}=(.*)$`, 'm').exec(filled)?.[1]
    return `${name}=${[before, ...values].join(',')}`
  })
  return [...lines, ...properties].join('\n')
}

async function format(
  install: KafkaInstall,
  folder: string,
  config: string,
  scramUsers: readonly string[],
): Promise<void> {
  if (existsSync(join(folder, 'log/meta.properties'))) return
  const tool = ['-cp', join(install.jars, '*'), 'kafka.tools.StorageTool', 'format']
  const { ok, output } = await runCommand(install.java, [
    ...[...tool, '-t', clusterId(), '-c', config],
    ...scramUsers.flatMap((user) => ['--add-scram', user]),
  ])
  if (!ok) throw new EngineFailed('kafka', `its storage could not be formatted (${output.split('\n')[0]})`)
}

/** A UUID in Base64, as Kafka writes it. The tool takes one that begins with a hyphen for an option. */
function clusterId(): string {
  const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url')
  return id.startsWith('-') ? clusterId() : id
}

async function describeCluster(port: number): Promise<void> {
  const client = new Kafka({
    brokers: [`127.0.0.1:${port}`],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1000,
    retry: { retries: 0 },
  })
  const admin = client.admin()
  try {
    await admin.connect()
    await admin.describeCluster()
  } finally {
    await admin.disconnect()
  }
}
