/**
 * For the crash tests: appends numbered events without end and prints each number once it is acknowledged.
 * Arguments: `sqlite` PATH or `kafka` BROKERS, the topic, the producer, the first number.
 */
import { createPublisher, type EventLog, EventLogUnavailable, sqliteEventLog } from '../index.ts'
import { kafkaEventLog } from '../kafka/kafka-event-log.ts'
import { sampleEvent } from './sample-event.ts'

const CALLERS = 40

const [kind = '', where = '', topic = '', producer = '', first = '0'] = process.argv.slice(2)
const log: EventLog =
  kind === 'sqlite'
    ? await sqliteEventLog({ path: where })
    : kafkaEventLog({ brokers: where.split(','), clientId: 'appending-process' })

/** Every event goes to the given topic, also one whose type belongs to another. */
const redirected: EventLog = {
  append: (_, records) => log.append(topic, records),
  ...(log.partitionsOf
    ? { partitionsOf: async (_, keys) => (await log.partitionsOf?.(topic, keys)) ?? [] }
    : {}),
  read: (_, options) => log.read(topic, options),
  ends: () => log.ends(topic),
  offsetsAt: (_, time) => log.offsetsAt(topic, time),
  ping: () => log.ping(),
  close: () => log.close(),
}

const publisher = createPublisher({ log: redirected, producer })
let number = Number(first)

async function publishWithoutEnd(): Promise<void> {
  for (;;) {
    const mine = number++
    try {
      await publisher.publish(sampleEvent(String(mine), { key: `key ${mine % 20}` }))
      process.stdout.write(`${mine}\n`)
    } catch (reason) {
      if (!(reason instanceof EventLogUnavailable)) throw reason
    }
  }
}

await Promise.all(Array.from({ length: CALLERS }, publishWithoutEnd))
