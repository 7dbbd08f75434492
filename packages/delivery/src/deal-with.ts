import { setTimeout as delay } from 'node:timers/promises'
import { Backoff, type BackoffOptions, messageOf } from '@sallyport/runtime'
import { halves, type OffsetRange, recordsOf } from './batch.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { Destination } from './destination.ts'
import { DestinationFailed, EventRefused } from './errors.ts'

/** How long an event is tried before it becomes a dead letter, in milliseconds. Without a limit it is tried for ever. */
export interface GiveUp {
  /** While the destination answers and fails on this event. */
  readonly eventMs?: number
  /** While nothing gets through. */
  readonly destinationMs?: number
}

export interface Dealing<B extends OffsetRange> {
  readonly consumer: string
  readonly destination: Destination<B>
  readonly deadLetters: DeadLetters
  readonly giveUp: GiveUp
  readonly backoff: BackoffOptions
  /** After this long an attempt's signal is given. */
  readonly attemptMs: number
  readonly clock: () => Date
  readonly onDelivered: (batch: B) => void
  readonly onFailed: (batch: B, reason: string) => void
  readonly onDeadLetter: (batch: B, reason: string) => void
}

/**
 * Brings a batch to its end: delivered, or each event of it that was refused a dead letter and the rest delivered.
 * Rejects only with the signal's reason.
 */
export async function dealWith<B extends OffsetRange>(
  dealing: Dealing<B>,
  batch: B,
  signal: AbortSignal,
): Promise<void> {
  const { destination, attemptMs, clock, onDelivered, onFailed } = dealing
  const backoff = new Backoff(dealing.backoff)
  const firstAttemptAt = clock()
  let blamedSince: number | undefined
  for (let number = 1; ; number++) {
    signal.throwIfAborted()
    try {
      await destination.deliver(batch, {
        number,
        signal: AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]),
      })
      onDelivered(batch)
      return
    } catch (reason) {
      signal.throwIfAborted()
      const text = messageOf(reason)
      const now = clock().getTime()
      const blamed = reason instanceof DestinationFailed && reason.blame === 'event'
      blamedSince = blamed ? (blamedSince ?? now) : undefined
      onFailed(batch, text)
      const refused = reason instanceof EventRefused
      if (refused || isOver(dealing.giveUp, now, blamedSince, firstAttemptAt.getTime())) {
        await giveUp(dealing, batch, { refused, reason: text, attempts: number, firstAttemptAt }, signal)
        return
      }
      const askedMs = reason instanceof DestinationFailed ? (reason.retryAfterMs ?? 0) : 0
      await pause(Math.max(askedMs, backoff.nextMs()), signal)
    }
  }
}

function isOver(
  { eventMs, destinationMs }: GiveUp,
  now: number,
  blamedSince: number | undefined,
  first: number,
) {
  const event = eventMs !== undefined && blamedSince !== undefined && now - blamedSince >= eventMs
  return event || (destinationMs !== undefined && now - first >= destinationMs)
}

interface End {
  /** Refused, and not given up after a time. */
  readonly refused: boolean
  readonly reason: string
  readonly attempts: number
  readonly firstAttemptAt: Date
}

async function giveUp<B extends OffsetRange>(
  dealing: Dealing<B>,
  batch: B,
  end: End,
  signal: AbortSignal,
): Promise<void> {
  const parts = end.refused ? halves(batch) : undefined
  if (parts) {
    for (const part of parts) await dealWith(dealing, part, signal)
    return
  }
  const { consumer, deadLetters, onDeadLetter, onFailed } = dealing
  const { topic, reason, attempts, firstAttemptAt } = { ...batch, ...end }
  const backoff = new Backoff(dealing.backoff)
  const places = recordsOf(batch)?.map((record) => ({
    record,
    partition: record.partition,
    from: record.offset,
    to: record.offset + 1,
  })) ?? [{ record: undefined, partition: batch.partition, from: batch.from, to: batch.to }]
  for (const place of places) {
    const letter = { consumer, topic, ...place, reason, attempts, firstAttemptAt }
    for (;;) {
      signal.throwIfAborted()
      try {
        await deadLetters.add(letter)
        break
      } catch (fault) {
        onFailed(batch, `a dead letter was not kept: ${messageOf(fault)}`)
        await pause(backoff.nextMs(), signal)
      }
    }
  }
  onDeadLetter(batch, reason)
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
}
