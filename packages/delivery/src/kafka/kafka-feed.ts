import { setTimeout as delay } from 'node:timers/promises'
import type { EventLog } from '@sallyport/event-log'
import { type KafkaConnection, kafkaClient, kafkaRefusal, recordOfMessage } from '@sallyport/event-log/kafka'
import { Backoff, type Logger, messageOf, silentLogger } from '@sallyport/runtime'
import type { EachBatchPayload, Kafka } from 'kafkajs'
import type { Checkpoints } from '../checkpoints.ts'
import type { Feed, Subscription } from '../feed.ts'
import { GroupCheckpoints, groupOf } from './group-checkpoints.ts'
import { Tenure } from './group-member.ts'

export interface KafkaFeedOptions extends KafkaConnection {
  /** The log on the same brokers. */
  readonly log: EventLog
  /** Where the marks are (default: the group's committed offsets). */
  readonly checkpoints?: Checkpoints
  /** After so long without a sign of life another instance takes over, in milliseconds (default 10 s, 6 s at least). */
  readonly sessionTimeoutMs?: number
  readonly logger?: Logger
}

export interface KafkaFeed extends Feed {
  close(): Promise<void>
}

/**
 * A feed by Kafka's consumer groups: of each partition one instance is active at a time, and the partitions of one that
 * ends go to the others. Only for destinations that take records.
 */
export function kafkaFeed(options: KafkaFeedOptions): KafkaFeed {
  const kafka = kafkaClient(options, options.logger ?? silentLogger)
  const group = new GroupCheckpoints(kafka)
  const checkpoints = options.checkpoints ?? group
  return {
    run: (subscription, signal) => stayMember(options, kafka, group, subscription, signal),
    marks: (consumer, topic) => checkpoints.load(consumer, topic),
    async forget(consumer) {
      await checkpoints.forget(consumer)
      if (checkpoints !== group) await group.forget(consumer)
    },
    close: () => group.close(),
  }
}

/** A member of the group for as long as the signal is not given; a new one whenever one is lost. */
async function stayMember(
  options: KafkaFeedOptions,
  kafka: Kafka,
  group: GroupCheckpoints,
  subscription: Subscription,
  signal: AbortSignal,
): Promise<void> {
  const { logger = silentLogger } = options
  if (subscription.takes === 'ranges') throw new TypeError('a feed on Kafka gives records')
  const backoff = new Backoff()
  while (!signal.aborted) {
    try {
      await beMember(options, kafka, group, subscription, signal)
    } catch (reason) {
      const why = kafkaRefusal(reason) ?? messageOf(reason)
      logger.warn({ consumer: subscription.name, reason: why }, 'a consumer lost its group')
      subscription.fault(`the group cannot be joined: ${why}`)
    }
    await delay(signal.aborted ? 0 : backoff.nextMs(), undefined, { signal }).catch(() => {})
  }
}

/** Resolves when the signal is given, rejects when the consumer is lost. */
async function beMember(
  options: KafkaFeedOptions,
  kafka: Kafka,
  group: GroupCheckpoints,
  subscription: Subscription,
  signal: AbortSignal,
): Promise<void> {
  const { log, checkpoints = group, logger = silentLogger, sessionTimeoutMs = 10_000 } = options
  const { name, topics, limits } = subscription
  const consumer = kafka.consumer({
    groupId: groupOf(name),
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: Math.min(2000, sessionTimeoutMs / 3),
    rebalanceTimeout: sessionTimeoutMs,
    maxWaitTimeInMs: Math.max(20, Math.min(200, limits.lingerMs)),
    maxBytesPerPartition: Math.max(1024 * 1024, limits.maxBytes),
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 3, restartOnFailure: async () => false },
  })
  const membership = { consumer, subscription, checkpoints, log, logger }
  const { promise: over, resolve: stop, reject: lose } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => stop(), { once: true })
  if (signal.aborted) stop()
  let tenure = new Tenure(membership, [], Promise.resolve())
  const { CRASH, GROUP_JOIN, REBALANCING } = consumer.events
  consumer.on(CRASH, ({ payload }) => lose(payload.error))
  consumer.on(REBALANCING, () => {
    subscription.active(false)
    void tenure.end()
  })
  consumer.on(GROUP_JOIN, ({ payload }) => {
    const places = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    )
    tenure = new Tenure(membership, places, tenure.end())
    subscription.active(places.length > 0)
  })
  group.join(name, consumer)
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...topics], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }: EachBatchPayload) => {
        const { topic, partition, messages } = batch
        tenure.offer(
          { topic, partition },
          messages.map((message) => recordOfMessage(topic, partition, message)),
        )
      },
    })
    await over
  } finally {
    subscription.active(false)
    await tenure.end()
    await consumer.disconnect().catch(() => {})
    group.leave(name)
  }
}
