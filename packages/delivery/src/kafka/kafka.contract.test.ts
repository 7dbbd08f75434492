import { randomUUID } from 'node:crypto'
import { kafkaEventLog } from '@sallyport/event-log/kafka'
import { engine } from '@sallyport/native'
import { describe } from 'vitest'
import { deliveryContract } from '../testing/contract.ts'
import { type KafkaFeed, kafkaFeed } from './kafka-feed.ts'

const kafka = await engine('kafka')

describe.skipIf(!kafka.available)('kafka', () => {
  deliveryContract('kafka', async () => {
    const { url, stop } = await kafka.start()
    const connection = { brokers: url.split(','), clientId: 'contract' }
    const log = kafkaEventLog(connection)
    const feeds: KafkaFeed[] = []
    return {
      log,
      ranges: false,
      async newTopic() {
        const topic = `contract-${randomUUID()}`
        await log.ensureTopics([topic], 3)
        return topic
      },
      newFeed() {
        const feed = kafkaFeed({ ...connection, log, sessionTimeoutMs: 6000 })
        feeds.push(feed)
        return feed
      },
      async dispose() {
        for (const feed of feeds) await feed.close()
        await log.close()
        await stop()
      },
    }
  })
})
