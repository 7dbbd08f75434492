/**
 * For the crash tests: delivers a topic and prints the number of each event as it is received, a little at a time.
 * Arguments: `sqlite` FOLDER or `kafka` BROKERS, the topic, the consumer's name.
 */
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type EventLog, EventLogLocked, sqliteEventLog } from '@sallyport/event-log'
import { kafkaEventLog } from '@sallyport/event-log/kafka'
import { retry } from '@sallyport/runtime'
import { type Feed, fileLeases, logFeed, sqliteCheckpoints, startConsumer } from '../index.ts'
import { kafkaFeed } from '../kafka/kafka-feed.ts'

const [kind = '', where = '', topic = '', name = ''] = process.argv.slice(2)

async function onSqlite(): Promise<{ log: EventLog; feed: Feed }> {
  const log = await retry(() => sqliteEventLog({ path: join(where, 'log.db') }), {
    firstMs: 50,
    longestMs: 50,
    isFinal: (reason) => !(reason instanceof EventLogLocked),
  })
  const checkpoints = sqliteCheckpoints(join(where, 'delivery.db'))
  return { log, feed: logFeed({ log, leases: fileLeases(join(where, 'leases')), checkpoints }) }
}

async function onKafka(): Promise<{ log: EventLog; feed: Feed }> {
  const connection = { brokers: where.split(','), clientId: 'delivering' }
  const log = kafkaEventLog(connection)
  return { log, feed: kafkaFeed({ ...connection, log, sessionTimeoutMs: 6000 }) }
}

startConsumer({
  name,
  topics: [topic],
  ...(kind === 'sqlite' ? await onSqlite() : await onKafka()),
  limits: { maxCount: 5, lingerMs: 10 },
  destination: {
    takes: 'records',
    async deliver({ records }) {
      for (const { key, headers } of records) {
        writeSync(1, `${key}/${headers['nth']}\n`)
        await delay(1)
      }
    },
  },
})
