import { messageOf, retry } from '@sallyport/runtime'
import { type Kafka, type Message, Partitioners, type Producer } from 'kafkajs'
import { EventLogRefused, EventLogUnavailable } from '../errors.ts'
import { Deadline } from './deadline.ts'
import { kafkaRefusal } from './refusal.ts'

/** Records for one partition that go together. */
export interface Part {
  readonly messages: readonly Message[]
  readonly bytes: number
}

interface Queued extends Part {
  readonly resolve: (firstOffset: number) => void
  readonly reject: (reason: unknown) => void
}

const MAX_SEND_BYTES = 512 * 1024
const MAX_SEND_MESSAGES = 2000

/**
 * The way into one partition: an idempotent producer of its own, one send in flight, what waits goes together.
 *
 * kafkajs takes the sequence numbers of a failed send back, although the broker may have written it. The next send
 * then has numbers that the broker knows: an equal batch is answered with its offset (so sending it again is
 * safe), but another batch of equal length would be acknowledged and thrown away. Hence a failed send is repeated
 * as it was until its deadline, nothing passes it, and a producer that gave one up is never used again.
 */
export class PartitionLane {
  readonly #kafka: Kafka
  readonly #topic: string
  readonly #partition: number
  readonly #deadlineMs: number
  #queue: Queued[] = []
  #producer: Producer | undefined
  #running: Promise<void> | undefined

  constructor(kafka: Kafka, topic: string, partition: number, deadlineMs: number) {
    this.#kafka = kafka
    this.#topic = topic
    this.#partition = partition
    this.#deadlineMs = deadlineMs
  }

  /** The offset of the part's first record. Rejects with `EventLogUnavailable`. */
  send(part: Part): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...part, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Waits for what is on its way. */
  async close(): Promise<void> {
    await this.#running
    await this.#retire()
  }

  async #run(): Promise<void> {
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const parts = this.#take()
      try {
        let offset = await this.#deliver(parts.flatMap((part) => part.messages))
        for (const part of parts) {
          part.resolve(offset)
          offset += part.messages.length
        }
      } catch (cause) {
        this.#giveUp([...parts, ...this.#queue.splice(0)], cause)
      }
    }
    this.#running = undefined
  }

  /** Those in line have waited for the same broker as long, and must not pass the one before them. */
  #giveUp(parts: readonly Queued[], cause: unknown): void {
    const refusal = kafkaRefusal(cause)
    const failure =
      refusal === undefined
        ? new EventLogUnavailable(`${this.#topic} did not confirm: ${messageOf(cause)}`, { cause })
        : new EventLogRefused(`${this.#topic}: ${refusal}`, { cause })
    this.#retire().catch(() => {})
    for (const part of parts) part.reject(failure)
  }

  #take(): Queued[] {
    let bytes = 0
    let messages = 0
    const end = this.#queue.findIndex((part, index) => {
      bytes += part.bytes
      messages += part.messages.length
      return index > 0 && (bytes > MAX_SEND_BYTES || messages > MAX_SEND_MESSAGES)
    })
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end)
  }

  async #deliver(messages: Message[]): Promise<number> {
    const deadline = new Deadline(this.#deadlineMs)
    return retry(() => deadline.bound(this.#sendOnce(messages)), {
      firstMs: 50,
      longestMs: 500,
      deadlineMs: this.#deadlineMs,
      isFinal: isFatal,
    })
  }

  async #sendOnce(messages: Message[]): Promise<number> {
    this.#producer ??= await this.#connect()
    const [metadata] = await this.#producer.send({ topic: this.#topic, acks: -1, messages })
    const offset = Number(metadata?.baseOffset ?? -1)
    if (offset < 0) throw new Error('the broker named no offset')
    return offset
  }

  /** A producer whose connect was rejected would later send without idempotence, so it is thrown away. */
  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: () => () => this.#partition,
      retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 3 },
    })
    try {
      await producer.connect()
      return producer
    } catch (reason) {
      await producer.disconnect()
      throw reason
    }
  }

  async #retire(): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    await producer?.disconnect()
  }
}

/** The partition the default (murmur2) partitioner of the Java client and of kafkajs gives a key. */
export function partitionOf(topic: string, key: string, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionId,
    leader: 0,
    partitionErrorCode: 0,
    replicas: [],
    isr: [],
  }))
  return murmur2({ topic, partitionMetadata, message: { key: Buffer.from(key), value: null } })
}

const murmur2 = Partitioners.DefaultPartitioner()

/** The broker refused the batch itself; asking again changes nothing. By name: Node finds no such export in the CommonJS. */
function isFatal(thrown: unknown): boolean {
  for (let cause = thrown; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'KafkaJSProtocolError') return 'retriable' in cause && cause.retriable === false
  }
  return false
}
