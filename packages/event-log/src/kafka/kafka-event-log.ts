import { type EncodedEvent, TOPICS } from '@sallyport/events'
import { type Logger, silentLogger } from '@sallyport/runtime'
import type { Kafka, Message } from 'kafkajs'
import { ByteBudget, weightOf } from '../byte-budget.ts'
import { EventLogClosed, EventLogRefused } from '../errors.ts'
import { InFlight } from '../in-flight.ts'
import type { EventLog, Offsets, Position, ReadOptions, StoredRecord } from '../port.ts'
import { KafkaAdmin } from './admin.ts'
import { type KafkaConnection, kafkaClient } from './client.ts'
import { Deadline } from './deadline.ts'
import { type Part, PartitionLane, partitionOf } from './lane.ts'
import { readKafka } from './reader.ts'

export interface KafkaEventLogOptions extends KafkaConnection {
  /** Partitions of a topic made by `ensureTopics` (default 6); the control topic always has one. */
  readonly partitions?: number
  /** How long an append or a question is tried before `EventLogUnavailable` (default 10 s). */
  readonly deadlineMs?: number
  /** Bytes of appends in flight, beyond which `append` waits (default 64 MiB). */
  readonly maxBytesInFlight?: number
  readonly logger?: Logger
}

export interface KafkaEventLog extends EventLog {
  /**
   * Makes topics that are not there, which keep their records for ever. `replication` -1 (the default) is the
   * broker's own default. Rejects with `EventLogUnavailable`, and with `EventLogRefused` also if the control topic has
   * several partitions.
   */
  ensureTopics(topics: readonly string[], partitions?: number, replication?: number): Promise<void>
  partitionsOf(topic: string, keys: readonly string[]): Promise<number[]>
  /** Rejects with `EventLogRefused` where the brokers do not let us in. Brokers that are away are no reason. */
  letIn(): Promise<void>
}

const MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024
const MAX_PART_BYTES = 512 * 1024
const CLOSE_READERS_MS = 2000

/** A log on Kafka; connects when it is first used. Every acknowledged append is on all in-sync replicas. */
export function kafkaEventLog(options: KafkaEventLogOptions): KafkaEventLog {
  return new KafkaLog(options)
}

class KafkaLog implements KafkaEventLog {
  readonly #options: KafkaEventLogOptions
  readonly #kafka: Kafka
  readonly #admin: KafkaAdmin
  readonly #logger: Logger
  readonly #budget: ByteBudget
  readonly #deadlineMs: number
  readonly #lanes = new Map<string, PartitionLane>()
  readonly #inFlight = new InFlight()
  readonly #stopping = new Set<Promise<void>>()
  readonly #closing = new AbortController()
  #closed: Promise<void> | undefined

  constructor(options: KafkaEventLogOptions) {
    this.#options = options
    this.#logger = options.logger ?? silentLogger
    this.#deadlineMs = options.deadlineMs ?? 10_000
    this.#kafka = kafkaClient(options, this.#logger)
    this.#admin = new KafkaAdmin(this.#kafka, this.#deadlineMs)
    this.#budget = new ByteBudget(options.maxBytesInFlight ?? MAX_BYTES_IN_FLIGHT)
  }

  async ensureTopics(
    topics: readonly string[],
    partitions = this.#options.partitions ?? 6,
    replication = -1,
  ) {
    for (const topic of topics) {
      const single = topic === TOPICS.control
      await this.#admin.ensureTopic(topic, single ? 1 : partitions, replication)
      const count = await this.#admin.partitionCount(topic)
      if (single && count !== 1)
        throw new EventLogRefused(`${topic} has ${count} partitions and must have one`)
    }
  }

  async partitionsOf(topic: string, keys: readonly string[]): Promise<number[]> {
    const count = await this.#admin.partitionCount(topic)
    return keys.map((key) => partitionOf(topic, key, count))
  }

  async append(topic: string, records: readonly EncodedEvent[]): Promise<Position[]> {
    this.#requireOpen()
    if (records.length === 0) return []
    const bytes = records.reduce((sum, record) => sum + weightOf(record), 0)
    await this.#budget.take(bytes)
    return this.#inFlight.track(this.#append(topic, records).finally(() => this.#budget.release(bytes)))
  }

  async *read(topic: string, options: ReadOptions): AsyncGenerator<StoredRecord[]> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal])
    const reading = {
      kafka: this.#kafka,
      admin: this.#admin,
      logger: this.#logger,
      onStopping: (stopping: Promise<void>) => {
        this.#stopping.add(stopping)
        stopping.finally(() => this.#stopping.delete(stopping)).catch(() => {})
      },
    }
    yield* readKafka(reading, topic, { ...options, signal })
  }

  async ends(topic: string): Promise<Offsets> {
    this.#requireOpen()
    return (await this.#admin.range(topic)).high
  }

  async offsetsAt(topic: string, time: number): Promise<Offsets> {
    this.#requireOpen()
    return this.#admin.offsetsAt(topic, time)
  }

  async ping(): Promise<void> {
    this.#requireOpen()
    await this.#admin.ping()
  }

  async letIn(): Promise<void> {
    await this.ping().catch((reason: unknown) => {
      if (reason instanceof EventLogRefused) throw reason
    })
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  /** Parts go one after another, so that a crash leaves the beginning of what was appended, without holes. */
  async #append(topic: string, records: readonly EncodedEvent[]): Promise<Position[]> {
    const partitions = await this.partitionsOf(
      topic,
      records.map((record) => record.key),
    )
    const positions: Position[] = new Array(records.length)
    for (const { partition, indexes, part } of partsOf(records, partitions)) {
      const first = await this.#lane(topic, partition).send(part)
      indexes.forEach((index, nth) => {
        positions[index] = { partition, offset: first + nth }
      })
    }
    return positions
  }

  #lane(topic: string, partition: number): PartitionLane {
    const name = `${topic}/${partition}`
    const known = this.#lanes.get(name)
    if (known) return known
    const made = new PartitionLane(this.#kafka, topic, partition, this.#deadlineMs)
    this.#lanes.set(name, made)
    return made
  }

  async #close(): Promise<void> {
    this.#budget.refuseWaiting(new EventLogClosed())
    this.#closing.abort()
    await this.#inFlight.settled()
    await Promise.allSettled([...this.#lanes.values()].map((lane) => lane.close()))
    // Leaving a group is a courtesy to the broker, not worth waiting for one that is away.
    await new Deadline(CLOSE_READERS_MS).bound(Promise.allSettled(this.#stopping)).catch(() => {})
    await this.#admin.close().catch(() => {})
  }

  #requireOpen(): void {
    if (this.#closed !== undefined) throw new EventLogClosed()
  }
}

interface PlacedPart {
  readonly partition: number
  readonly indexes: number[]
  readonly part: Part & { messages: Message[]; bytes: number }
}

/** One part for each partition, in the order in which the partitions first occur; more where one would be too large. */
function partsOf(records: readonly EncodedEvent[], partitions: readonly number[]): PlacedPart[] {
  const placed = new Map<number, PlacedPart[]>()
  records.forEach((record, index) => {
    const partition = partitions[index] ?? 0
    const parts = placed.get(partition) ?? []
    placed.set(partition, parts)
    const bytes = weightOf(record)
    let open = parts.at(-1)
    if (!open || open.part.bytes + bytes > MAX_PART_BYTES) {
      open = { partition, indexes: [], part: { messages: [], bytes: 0 } }
      parts.push(open)
    }
    open.indexes.push(index)
    open.part.messages.push(toMessage(record))
    open.part.bytes += bytes
  })
  return [...placed.values()].flat()
}

function toMessage({ key, headers, value }: EncodedEvent): Message {
  return {
    key,
    headers: { ...headers },
    value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  }
}
