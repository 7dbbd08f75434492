import type { EngineName, RunningEngine } from './engine.ts'
import { freePort } from './free-port.ts'

interface Recipe {
  readonly image: string
  readonly port: number
  readonly environment: Record<string, string>
  /** What the engine prints when it answers, or the path it then serves. */
  readonly ready: RegExp | string
  url(port: number): string
}

/** What runs containers on this machine, in words; undefined where nothing does. */
export async function containerRuntime(): Promise<string | undefined> {
  const { getContainerRuntimeClient } = await import('testcontainers')
  try {
    const { info } = await getContainerRuntimeClient()
    return `${info.containerRuntime.operatingSystem} ${info.containerRuntime.serverVersion}`
  } catch {
    return undefined
  }
}

/** Starts an engine in a container; testcontainers' reaper removes it should this process die. */
export async function startInContainer(engine: EngineName): Promise<RunningEngine> {
  const { GenericContainer, Wait } = await import('testcontainers')
  // Kafka tells clients where to come back to, so the port outside must be known before it starts.
  const port = await freePort()
  const recipe = recipes[engine](port)
  const ready = recipe.ready
  const container = await new GenericContainer(recipe.image)
    .withExposedPorts({ container: recipe.port, host: port })
    .withEnvironment(recipe.environment)
    .withWaitStrategy(
      typeof ready === 'string' ? Wait.forHttp(ready, recipe.port) : Wait.forLogMessage(ready),
    )
    .start()
  return {
    url: recipe.url(port),
    async stop() {
      await container.stop()
    },
  }
}

const recipes: Record<EngineName, (port: number) => Recipe> = {
  kafka: (outside) => ({
    image: 'apache/kafka:4.2.0',
    port: 9092,
    environment: {
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${outside}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    },
    ready: /Kafka Server started/,
    url: (port) => `127.0.0.1:${port}`,
  }),
  nats: () => ({
    image: 'nats:2-alpine',
    port: 4222,
    environment: {},
    ready: /Server is ready/,
    url: (port) => `nats://127.0.0.1:${port}`,
  }),
  clickhouse: () => ({
    image: 'clickhouse/clickhouse-server:26.7',
    port: 8123,
    environment: { CLICKHOUSE_SKIP_USER_SETUP: '1' },
    ready: '/ping',
    url: (port) => `http://127.0.0.1:${port}`,
  }),
}
