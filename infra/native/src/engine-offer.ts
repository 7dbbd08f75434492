import { createRequire } from 'node:module'
import { messageOf } from '@sallyport/runtime'
import { containerRuntime, startInContainer } from './containers.ts'
import type { EngineName, EngineOffer, RunningEngine } from './engine.ts'
import { EngineMissing } from './errors.ts'
import { type NativeKafka, startKafka } from './kafka.ts'
import { installKafka } from './kafka-install.ts'
import { type NativeNats, startNats } from './nats.ts'
import { installNats } from './nats-install.ts'

/**
 * The first tier that this machine has for an engine: TEST_<ENGINE>_URL, native, a container. Starts nothing. Native
 * engines are fetched now, so that a machine without a network is known to lack them before a suite begins.
 */
export async function findOffer(
  engine: EngineName,
  env: NodeJS.ProcessEnv = process.env,
): Promise<EngineOffer> {
  const given = env[`TEST_${engine.toUpperCase()}_URL`]
  if (given) return offerOfUrl(engine, given)
  const native = await nativeOffers[engine](env)
  return native.available ? native : ((await offerOfContainer(engine)) ?? native)
}

/** A broker that this machine runs by itself; each `start` is a new one. */
export function offerOfKafka(env: NodeJS.ProcessEnv = process.env): Promise<EngineOffer<NativeKafka>> {
  return offerUnlessMissing('kafka', async () => {
    const { version, javaVersion } = await installKafka(env)
    const label = `native (Kafka ${version}, java ${javaVersion})`
    return { engine: 'kafka', available: true, tier: 'native', label, start: () => startKafka() }
  })
}

/** A server that this machine runs by itself; each `start` is a new one. */
export function offerOfNats(env: NodeJS.ProcessEnv = process.env): Promise<EngineOffer<NativeNats>> {
  return offerUnlessMissing('nats', async () => {
    const { version } = await installNats(env)
    const label = `native (NATS ${version})`
    return { engine: 'nats', available: true, tier: 'native', label, start: () => startNats() }
  })
}

const nativeOffers: Record<EngineName, (env: NodeJS.ProcessEnv) => Promise<EngineOffer>> = {
  nats: offerOfNats,
  clickhouse: () => offerUnlessMissing('clickhouse', offerOfChdb),
  async kafka(env) {
    const offer = await offerOfKafka(env)
    return { ...offer, start: () => offer.start().then(withUrl) }
  },
}

function withUrl(kafka: NativeKafka): RunningEngine {
  return { url: kafka.brokers.join(','), stop: kafka.stop }
}

function offerOfUrl(engine: EngineName, url: string): EngineOffer {
  const label = `TEST_${engine.toUpperCase()}_URL`
  const start = () => Promise.resolve({ url, stop: () => Promise.resolve() })
  return { engine, available: true, tier: 'url', label, start }
}

async function offerOfContainer(engine: EngineName): Promise<EngineOffer | undefined> {
  const runtime = await containerRuntime()
  if (runtime === undefined) return undefined
  const label = `container (${runtime})`
  return { engine, available: true, tier: 'container', label, start: () => startInContainer(engine) }
}

/** chdb is a library without an address to share. Each user opens it in a process of its own. */
function offerOfChdb(): Promise<EngineOffer> {
  const engine = 'clickhouse'
  const rejected = () =>
    Promise.reject(new EngineMissing(engine, 'chdb has no address', 'open it where it is used'))
  try {
    createRequire(import.meta.url).resolve('chdb')
  } catch (cause) {
    throw new EngineMissing(engine, 'chdb is not installed', 'run npm install', { cause })
  }
  return Promise.resolve({ engine, available: true, tier: 'chdb', label: 'chdb (embedded)', start: rejected })
}

async function offerUnlessMissing<Engine>(
  engine: EngineName,
  offer: () => Promise<EngineOffer<Engine>>,
): Promise<EngineOffer<Engine>> {
  try {
    return await offer()
  } catch (error) {
    const label = `skipped: ${messageOf(error)}`
    return { engine, available: false, tier: 'none', label, start: () => Promise.reject(error) }
  }
}
