import { randomUUID } from 'node:crypto'
import { kafkaEventLog } from '@sallyport/event-log/kafka'
import { ownKafka } from '@sallyport/native'
import { describe, expect, test } from 'vitest'
import { startConsumer } from '../consumer.ts'
import { RecordingDestination } from '../testing/recording-destination.ts'
import { kafkaFeed } from './kafka-feed.ts'

const kafka = await ownKafka()

describe.skipIf(!kafka.available)('deliveries on Kafka', { timeout: 180_000 }, () => {
  test('a broker that is killed and comes back: the consumer goes on by itself, and nothing is left out', async () => {
    const broker = await kafka.start()
    const connection = { brokers: broker.brokers, clientId: 'troubles' }
    const log = kafkaEventLog(connection)
    const feed = kafkaFeed({ ...connection, log, sessionTimeoutMs: 6000 })
    const topic = `troubles-${randomUUID()}`
    await log.ensureTopics([topic], 3)
    let appended = 0
    const append = async (count: number) => {
      const nths = Array.from({ length: count }, () => String(appended++))
      await log.append(
        topic,
        nths.map((nth) => ({ key: `key ${nth}`, headers: { nth }, value: Buffer.from('{}') })),
      )
    }
    const destination = new RecordingDestination()
    const consumer = startConsumer({
      name: `troubles-${randomUUID()}`,
      topics: [topic],
      destination,
      feed,
      log,
    })
    const told = () => new Set(destination.records.map(({ headers }) => headers['nth'])).size
    await append(50)
    await expect.poll(told, { timeout: 30_000 }).toBe(50)
    for (let round = 0; round < 2; round++) {
      await broker.kill9()
      await broker.restart()
      await append(50)
      await expect.poll(told, { timeout: 60_000 }).toBe(appended)
    }
    await expect.poll(async () => (await consumer.health()).status, { timeout: 30_000 }).toBe('ok')
    await consumer.stop()
    await feed.close()
    await log.close()
    await broker.stop()
  })
})
