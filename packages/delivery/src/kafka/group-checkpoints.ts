import { ConnectedAdmin } from '@sallyport/event-log/kafka'
import { retry } from '@sallyport/runtime'
import type { Consumer, Kafka } from 'kafkajs'
import type { Checkpoints, Mark, Marks } from '../checkpoints.ts'

/** A group's coordinator moves with its broker; until it is found again questions are asked again, in milliseconds. */
const LOAD_DEADLINE_MS = 10_000

/** Short: a member that lost its partitions finds it out here. */
const SAVE_DEADLINE_MS = 1000

/** The name of a consumer's group. */
export function groupOf(consumer: string): string {
  return `sallyport-delivery-${consumer}`
}

/**
 * Marks as the committed offsets of a consumer's group; the end of a batch that was begun is their metadata. The
 * broker forgets them once a group had no member for `offsets.retention.minutes` (by default seven days). A consumer
 * that comes back later begins again where it first began.
 */
export class GroupCheckpoints implements Checkpoints {
  readonly #admin: ConnectedAdmin
  /** The members of this process, without which nothing can be committed. */
  readonly #members = new Map<string, Consumer>()

  constructor(kafka: Kafka) {
    this.#admin = new ConnectedAdmin(kafka)
  }

  join(consumer: string, member: Consumer): void {
    this.#members.set(consumer, member)
  }

  leave(consumer: string): void {
    this.#members.delete(consumer)
  }

  async load(consumer: string, topic: string): Promise<Marks> {
    const [found] = await retry(
      async () => {
        const admin = await this.#admin.get()
        return admin.fetchOffsets({ groupId: groupOf(consumer), topics: [topic] })
      },
      { deadlineMs: LOAD_DEADLINE_MS },
    )
    const partitions = (found?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0)
    return Object.fromEntries(
      partitions.map(({ partition, offset, metadata }) => [partition, markOf(Number(offset), metadata)]),
    )
  }

  async save(consumer: string, topic: string, partition: number, { next, until }: Mark): Promise<void> {
    const member = this.#members.get(consumer)
    if (!member) throw new Error(`this process has left the group of ${consumer}`)
    const metadata = until === undefined ? '' : String(until)
    await retry(() => member.commitOffsets([{ topic, partition, offset: String(next), metadata }]), {
      deadlineMs: SAVE_DEADLINE_MS,
    })
  }

  async forget(consumer: string): Promise<void> {
    const admin = await this.#admin.get()
    const { groups } = await admin.listGroups()
    const groupId = groupOf(consumer)
    if (groups.some((group) => group.groupId === groupId)) await admin.deleteGroups([groupId])
  }

  close(): Promise<void> {
    return this.#admin.close()
  }
}

function markOf(next: number, metadata: string | null): Mark {
  const until = Number(metadata || 'none')
  return Number.isSafeInteger(until) ? { next, until } : { next }
}
