import type { EventLog } from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'

/** What the log has of deliveries that were given up. */
export async function deadLettersOf(log: EventLog): Promise<unknown[]> {
  const ends = Object.values(await log.ends(TOPICS.deadLetters)).reduce((sum, one) => sum + one, 0)
  const letters: unknown[] = []
  if (ends === 0) return letters
  for await (const records of log.read(TOPICS.deadLetters, {
    from: 'start',
    signal: AbortSignal.timeout(5000),
  })) {
    for (const { value } of records) letters.push(JSON.parse(Buffer.from(value).toString()))
    if (letters.length >= ends) break
  }
  return letters
}
