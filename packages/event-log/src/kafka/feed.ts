import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type Logger, messageOf } from '@sallyport/runtime'
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs'
import type { Offsets } from '../port.ts'
import { Handoff } from './handoff.ts'
import { kafkaRefusal } from './refusal.ts'

/** What the broker gave of one partition. */
export interface Fetched {
  readonly partition: number
  readonly messages: readonly KafkaMessage[]
  /** Where the partition ended then. */
  readonly end: number
}

/** Fetches come at least every 50 ms; without any for this long the consumer is taken to hang. */
const STALLED_AFTER_MS = 30_000
const HEARTBEAT_MS = 2000

/** One consumer's life: it has a group to itself, gives batches when asked, and ends at its first crash. */
export class KafkaFeed {
  readonly #topic: string
  readonly #groupId: string
  readonly #consumer: Consumer
  readonly #logger: Logger
  readonly #handoff = new Handoff<Fetched>()
  readonly #started: Promise<void>
  #lastFetch = performance.now()

  /** Starts at once, at these offsets. */
  constructor(kafka: Kafka, topic: string, next: Offsets, logger: Logger) {
    this.#topic = topic
    this.#groupId = `sallyport-reader-${randomUUID()}`
    this.#logger = logger
    this.#consumer = kafka.consumer({
      groupId: this.#groupId,
      maxWaitTimeInMs: 50,
      maxBytes: 4 * 1024 * 1024,
      retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 3, restartOnFailure: async () => false },
    })
    this.#started = this.#start(next).catch((reason: unknown) => this.#end(reason))
  }

  get groupId(): string {
    return this.#groupId
  }

  /** The next batch, undefined once the feed has ended. Asking says that the last one is done with. */
  async take(): Promise<Fetched | undefined> {
    const watch = setInterval(() => this.#endIfStalled(), STALLED_AFTER_MS / 3)
    try {
      return await this.#handoff.take()
    } finally {
      clearInterval(watch)
    }
  }

  /** Ends what is being asked; resolves when the consumer has left its group. */
  async stop(): Promise<void> {
    this.#handoff.end()
    await this.#started
    await this.#consumer.disconnect()
  }

  /** Makes a waiting `take` return undefined at once. */
  interrupt(): void {
    this.#handoff.end()
  }

  async #start(next: Offsets): Promise<void> {
    const { CRASH, FETCH } = this.#consumer.events
    this.#consumer.on(CRASH, ({ payload }) => this.#end(payload.error))
    this.#consumer.on(FETCH, () => {
      this.#lastFetch = performance.now()
    })
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topics: [this.#topic], fromBeginning: true })
    await this.#consumer.run({ autoCommit: false, eachBatch: (payload) => this.#give(payload) })
    for (const [partition, offset] of Object.entries(next)) {
      this.#consumer.seek({ topic: this.#topic, partition: Number(partition), offset: String(offset) })
    }
  }

  async #give({ batch, heartbeat }: EachBatchPayload): Promise<void> {
    const { partition, messages, highWatermark } = batch
    const fetched = { partition, messages, end: Number(highWatermark) }
    const consumed = this.#handoff.offer(fetched).then(() => true)
    const over = new AbortController()
    try {
      while (!(await Promise.race([consumed, beat(over.signal)]))) await heartbeat()
    } catch (reason) {
      this.#handoff.withdraw(fetched)
      throw reason
    } finally {
      over.abort()
    }
    this.#lastFetch = performance.now()
  }

  #endIfStalled(): void {
    if (this.#handoff.starving() && performance.now() - this.#lastFetch > STALLED_AFTER_MS) {
      this.#end(new Error('nothing was fetched'))
    }
  }

  #end(reason: unknown): void {
    this.#logger.warn(
      { topic: this.#topic, reason: kafkaRefusal(reason) ?? messageOf(reason) },
      'a log reader lost its consumer',
    )
    this.#handoff.end()
  }
}

async function beat(signal: AbortSignal): Promise<false> {
  await delay(HEARTBEAT_MS, undefined, { signal }).catch(() => {})
  return false
}
