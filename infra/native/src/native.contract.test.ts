import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { connect, Events } from 'nats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type NativeKafka, type NativeNats, ownKafka, ownNats, startKafka } from './index.ts'

const [kafkaOffer, natsOffer] = await Promise.all([ownKafka(), ownNats()])

describe.skipIf(!kafkaOffer.available)('a native Kafka broker', () => {
  let kafka: NativeKafka
  const topic = 'kept'
  beforeAll(async () => {
    kafka = await kafkaOffer.start()
  })
  afterAll(() => kafka?.stop())

  it('keeps what it acknowledged through kill -9 and a restart on the same port', async () => {
    const client = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING })
    const admin = client.admin()
    const producer = client.producer({ idempotent: true })
    await Promise.all([admin.connect(), producer.connect()])
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
    await producer.send({ topic, acks: -1, messages: [{ value: 'one' }, { value: 'two' }] })
    await Promise.all([producer.disconnect(), admin.disconnect()])

    await kafka.kill9()
    await kafka.restart()

    expect(await readAll(kafka, topic, 2)).toEqual(['one', 'two'])
  })
})

describe.skipIf(!natsOffer.available)('a native NATS server', () => {
  let nats: NativeNats
  beforeAll(async () => {
    nats = await natsOffer.start()
  })
  afterAll(() => nats?.stop())

  it('comes back on the same port, so that a client reconnects by itself', async () => {
    const connection = await connect({ servers: nats.url, reconnectTimeWait: 50, maxReconnectAttempts: -1 })
    const events: string[] = []
    const reconnected = (async () => {
      for await (const { type } of connection.status()) {
        events.push(type)
        if (type === Events.Reconnect) return
      }
    })()
    await nats.restart()
    await reconnected
    await connection.flush()
    await connection.close()
    expect(events).toContain(Events.Disconnect)
  })
})

describe.skipIf(!kafkaOffer.available)('a broker on a folder of its own', () => {
  it('finds its data again in the next process', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'sallyport-test-'))
    const first = await startKafka({ dataDir })
    await createTopic(first, 'still-here')
    await first.stop()

    const second = await startKafka({ dataDir })
    const topics = await listTopics(second)
    await second.stop()
    await rm(dataDir, { recursive: true })
    expect(topics).toContain('still-here')
  })
})

async function readAll(kafka: NativeKafka, topic: string, count: number): Promise<string[]> {
  const consumer = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).consumer({
    groupId: 'reader',
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  const values: string[] = []
  const all = Promise.withResolvers<void>()
  await consumer.run({
    async eachMessage({ message }) {
      if (values.push(String(message.value)) === count) all.resolve()
    },
  })
  await all.promise
  await consumer.disconnect()
  return values
}

async function createTopic(kafka: NativeKafka, topic: string): Promise<void> {
  const admin = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  await admin.disconnect()
}

async function listTopics(kafka: NativeKafka): Promise<string[]> {
  const admin = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const topics = await admin.listTopics()
  await admin.disconnect()
  return topics
}
