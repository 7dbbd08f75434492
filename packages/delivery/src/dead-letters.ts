import type { StoredRecord } from '@sallyport/event-log'
import type { OffsetRange } from './batch.ts'

/** What was given up: one event, or a range that could not be parted. */
export interface DeadLetter extends OffsetRange {
  /** The consumer's name. */
  readonly consumer: string
  /** The event's record; undefined for a range. */
  readonly record: StoredRecord | undefined
  readonly reason: string
  readonly attempts: number
  readonly firstAttemptAt: Date
}

/** Where dead letters are kept. */
export interface DeadLetters {
  /** Resolves when the letter is durable. It is asked again until it does. */
  add(letter: DeadLetter): Promise<void>
}

/** Dead letters that end with the process. */
export function memoryDeadLetters(): DeadLetters & { readonly letters: readonly DeadLetter[] } {
  const letters: DeadLetter[] = []
  return {
    letters,
    async add(letter) {
      letters.push(letter)
    },
  }
}
