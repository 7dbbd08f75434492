import { userInfo } from 'node:os'
import {
  acceptedDamage,
  createPublisher,
  type EventLog,
  type LogDamage,
  startFold,
  verifyTopic,
} from '@sallyport/event-log'
import { TOPICS } from '@sallyport/events'
import { InvalidConfig, newId, type Service } from '@sallyport/runtime'

/** The topics that folds read whole. */
const FOLDED = [TOPICS.control, TOPICS.approvals, TOPICS.deadLetters]
/** Those with several partitions: what is missing there is certain only after some looks at their ends. */
const SCATTERED = [TOPICS.approvals, TOPICS.deadLetters, TOPICS.actions]

/**
 * Accepts, for an operator with access to the log of a fleet, all damage that stops the folds or the record, and records each with the
 * reason. The processes of the fleet go on when they read that.
 */
export async function acceptLogDamage(
  log: EventLog,
  reason: string,
  by = userInfo().username,
): Promise<LogDamage[]> {
  const publisher = createPublisher({ log, producer: `operator/${newId()}` })
  const found: LogDamage[] = []
  const damage = acceptedDamage(log, {
    reason,
    by,
    publish: (event) => publisher.publish(event),
    accepted: (one) => found.push(one),
  })
  const folds = FOLDED.map((topic) =>
    startFold({ log, topic, apply() {}, needsAll: topic === TOPICS.control, damage }),
  )
  const verifications = SCATTERED.map((topic) => verifyTopic({ log, topic, damage }))
  try {
    await Promise.all(folds.map((fold) => fold.caughtUp))
    await Promise.all(verifications.map((verification) => verification.caughtUp()))
    return found
  } finally {
    await Promise.all([...folds, ...verifications].map((reading) => reading.stop()))
    damage.stop()
    await publisher.close()
  }
}

/** The same as a process that ends when it is done. Throws `InvalidConfig` without a reason. */
export function acceptingLogDamage(log: EventLog, reason: string): Service {
  if (reason.trim() === '') throw new InvalidConfig(['accept-log-damage needs a reason, which is recorded'])
  const say = (line: string) => process.stdout.write(`${line}\n`)
  return {
    async start() {
      // A fold would wait for the log.
      await log.ping()
      const found = await acceptLogDamage(log, reason)
      for (const { topic, what } of found)
        say(`Accepted damage of the log, and recorded it: ${topic}: ${what}`)
      if (found.length === 0) say('The log has no damage that nobody accepted.')
      process.kill(process.pid, 'SIGTERM')
    },
    stop: () => log.close(),
  }
}
