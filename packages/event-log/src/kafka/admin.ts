import { messageOf, retry } from '@sallyport/runtime'
import type { Admin, Kafka } from 'kafkajs'
import { EventLogRefused, EventLogUnavailable } from '../errors.ts'
import type { Offsets } from '../port.ts'
import { ConnectedAdmin } from './connected-admin.ts'
import { Deadline } from './deadline.ts'
import { kafkaRefusal } from './refusal.ts'

/** The broker answers and does not know the topic. */
export class TopicMissing extends EventLogUnavailable {
  constructor(topic: string) {
    super(`there is no topic ${topic}`)
  }
}

/** Questions to the cluster, asked again until they are answered, refused, or the deadline is over. */
export class KafkaAdmin {
  readonly #admin: ConnectedAdmin
  readonly #deadlineMs: number
  readonly #partitions = new Map<string, number>()

  constructor(kafka: Kafka, deadlineMs: number) {
    this.#admin = new ConnectedAdmin(kafka)
    this.#deadlineMs = deadlineMs
  }

  /** How many partitions a topic has. Rejects with `EventLogUnavailable` also when there is no such topic. */
  async partitionCount(topic: string): Promise<number> {
    const known = this.#partitions.get(topic)
    if (known !== undefined) return known
    const count = await this.#ask(`partitions of ${topic}`, async (admin) => {
      const topics = await admin.listTopics()
      if (!topics.includes(topic)) return undefined
      const metadata = await admin.fetchTopicMetadata({ topics: [topic] })
      return metadata.topics[0]?.partitions.length
    })
    if (count === undefined) throw new TopicMissing(topic)
    this.#partitions.set(topic, count)
    return count
  }

  /** The first offset that is still kept and the next to be written, for each partition. */
  async range(topic: string): Promise<{ low: Offsets; high: Offsets }> {
    await this.partitionCount(topic)
    const offsets = await this.#ask(`offsets of ${topic}`, (admin) => admin.fetchTopicOffsets(topic))
    return {
      low: Object.fromEntries(offsets.map(({ partition, low }) => [partition, Number(low)])),
      high: Object.fromEntries(offsets.map(({ partition, high }) => [partition, Number(high)])),
    }
  }

  async offsetsAt(topic: string, time: number): Promise<Offsets> {
    await this.partitionCount(topic)
    const offsets = await this.#ask(`offsets of ${topic}`, (admin) =>
      admin.fetchTopicOffsetsByTimestamp(topic, time),
    )
    return Object.fromEntries(offsets.map(({ partition, offset }) => [partition, Number(offset)]))
  }

  /** Makes a topic if it is not there; leaves an existing one as it is. */
  async ensureTopic(topic: string, partitions: number, replication: number): Promise<void> {
    await this.#ask(`making ${topic}`, async (admin) => {
      if ((await admin.listTopics()).includes(topic)) return
      await admin.createTopics({
        waitForLeaders: true,
        topics: [
          { topic, numPartitions: partitions, replicationFactor: replication, configEntries: TOPIC_CONFIG },
        ],
      })
      // Another process may be making it at this moment: then createTopics returns before the topic can be seen.
      const seen = (await admin.listTopics()).includes(topic)
      if (!seen) throw new Error('it is being made')
    })
  }

  /** Rejects unless every partition in use has a leader. */
  async ping(): Promise<void> {
    const topics = [...this.#partitions.keys()]
    await this.#ask('ping', async (admin) => {
      await admin.describeCluster()
      if (topics.length === 0) return
      const metadata = await admin.fetchTopicMetadata({ topics })
      for (const { name, partitions } of metadata.topics) {
        const orphan = partitions.find(({ leader }) => leader < 0)
        if (orphan) throw new Error(`${name} ${orphan.partitionId} has no leader`)
      }
    })
  }

  /** Removes a reader's group; without it the broker forgets an empty group in its own time. */
  async deleteGroup(groupId: string): Promise<void> {
    await (await this.#admin.get()).deleteGroups([groupId])
  }

  close(): Promise<void> {
    return this.#admin.close()
  }

  async #ask<T>(what: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    const deadline = new Deadline(this.#deadlineMs)
    let before: unknown
    try {
      return await retry(() => deadline.bound(this.#admin.get().then(question)), {
        firstMs: 200,
        longestMs: 200,
        deadlineMs: this.#deadlineMs,
        isFinal: (reason) => kafkaRefusal(reason) !== undefined,
        onRetry: (reason) => {
          before = reason
          // The client goes on asking for every topic that it ever knew, and fails for all as long as one is deleted.
          if (isUnknownTopic(reason)) void this.#admin.renew()
        },
      })
    } catch (cause) {
      const refusal = kafkaRefusal(cause)
      if (refusal !== undefined) throw new EventLogRefused(`${what}: ${refusal}`, { cause })
      // A try that the deadline cut short says less than the one before it.
      throw new EventLogUnavailable(`${what}: ${messageOf(before ?? cause)}`, { cause })
    }
  }
}

function isUnknownTopic(reason: unknown): boolean {
  return reason instanceof Error && 'type' in reason && reason.type === 'UNKNOWN_TOPIC_OR_PARTITION'
}

/**
 * The log is the truth, so nothing in it grows old unless an operator decides so. Its clock is the broker's, which
 * makes reading by time mean the same for every producer.
 */
const TOPIC_CONFIG = [
  { name: 'cleanup.policy', value: 'delete' },
  { name: 'retention.ms', value: '-1' },
  { name: 'retention.bytes', value: '-1' },
  { name: 'message.timestamp.type', value: 'LogAppendTime' },
  { name: 'max.message.bytes', value: String(8 * 1024 * 1024) },
]
