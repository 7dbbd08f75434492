import { userInfo } from 'node:os'
import {
  type AcceptedDamage,
  acceptedDamage,
  type EventLog,
  type Publisher,
  requireWhole,
} from '@sallyport/event-log'
import { type Mode, ShortcutRefused } from '@sallyport/runtime'

export interface AcceptingDamage {
  readonly log: EventLog
  readonly publisher: Publisher
  /** Why damage that the start meets is accepted; left out where it is not. */
  readonly reason: string | undefined
  readonly mode: Mode
  readonly say: (line: string) => void
}

/**
 * The damage of the log past which this start goes. Throws `EventLogDamaged` for what nobody has accepted, and
 * `ShortcutRefused` in production.
 */
export async function acceptingDamage(options: AcceptingDamage): Promise<AcceptedDamage> {
  const { log, publisher, reason, mode, say } = options
  if (reason !== undefined && mode === 'production')
    throw new ShortcutRefused(
      '--accept-log-damage',
      'restore the log, or accept its damage in one start without SALLYPORT_MODE=production',
    )
  const acceptor = reason === undefined ? undefined : { reason, by: operator(), publish, accepted }
  const damage = acceptedDamage(log, acceptor)
  await requireWhole(log, damage)
  return damage

  function publish(event: Parameters<Publisher['publish']>[0]) {
    return publisher.publish(event)
  }
  function accepted({ topic, what }: { readonly topic: string; readonly what: string }) {
    say(`Accepted damage of the log, and recorded it: ${topic}: ${what}`)
  }
}

/** Nobody is authenticated at a start: the account is what there is to be recorded. */
function operator(): string {
  try {
    return userInfo().username || 'operator'
  } catch {
    return 'operator'
  }
}
