import { parseExactly } from '@sallyport/jsonrpc'
import type { IntentEffect } from './intent-effects.ts'
import { shownJson } from './shown-json.ts'

/** One event of an action's story, in full. */
export interface StoryEvent {
  readonly eventId: string
  readonly type: string
  readonly source: string
  readonly subject: string
  readonly at: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Recorded after the fact: the log could not be written when it happened. */
  readonly late: boolean
  readonly data: unknown
  /** Of an event about an approval: `rejected` and `repeated` changed nothing. Null of others, and where it is not known. */
  readonly effect: IntentEffect['kind'] | null
  /** Why it was rejected. */
  readonly rejection: string | null
}

/** One row of the events table, as the queries for a story give it. */
export interface StoryRow {
  readonly event_id: string
  readonly action_id: string
  readonly type: string
  readonly source: string
  readonly subject: string
  readonly at_ms: number
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly value: string
  readonly undecodable: string
  readonly late: boolean
}

/** The event of a row, and what came of it where it is about an approval. */
export function storyEvent(
  { event_id, at_ms, value, undecodable, ...row }: StoryRow,
  effect: IntentEffect | undefined,
): StoryEvent {
  const { type, source, subject, topic, partition, offset, late } = row
  const data: unknown = undecodable ? { undecodable } : shownData(value)
  return {
    eventId: event_id,
    type,
    source,
    subject,
    at: new Date(at_ms).toISOString(),
    topic,
    partition,
    offset,
    late,
    data,
    effect: effect?.kind ?? null,
    rejection: effect?.kind === 'rejected' ? effect.reason : null,
  }
}

/** The data of an event with its numbers as they were sent, and without the arguments that are sealed for whoever answers. */
function shownData(value: string): unknown {
  const data = withExactArguments(parseExactly(value))
  if (data !== null && typeof data === 'object' && 'sealedArguments' in data) {
    const { sealedArguments: _, ...rest } = data
    return rest
  }
  return data
}

/** Beside arguments whose numbers JSON parsers round there is their text. */
function withExactArguments(data: unknown): unknown {
  if (data === null || typeof data !== 'object' || !('argumentsText' in data)) return data
  const { argumentsText } = data
  return typeof argumentsText === 'string' ? { ...data, arguments: shownJson(argumentsText) } : data
}
