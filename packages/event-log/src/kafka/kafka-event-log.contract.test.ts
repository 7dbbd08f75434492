import { randomUUID } from 'node:crypto'
import { engine } from '@sallyport/native'
import { describe } from 'vitest'
import { eventLogContract } from '../testing/contract.ts'
import { type KafkaEventLog, kafkaEventLog } from './kafka-event-log.ts'

const kafka = await engine('kafka')

describe.skipIf(!kafka.available)('kafka', () => {
  eventLogContract('kafka', async () => {
    const { url, stop } = await kafka.start()
    return {
      durable: true,
      open: async () => kafkaEventLog({ brokers: url.split(','), clientId: 'contract' }),
      async newTopic(log) {
        const topic = `contract-${randomUUID()}`
        await (log as KafkaEventLog).ensureTopics([topic], 3)
        return topic
      },
      dispose: stop,
    }
  })
})
