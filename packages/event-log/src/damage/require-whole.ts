import { EventLogDamaged } from '../errors.ts'
import type { EventLog } from '../port.ts'
import type { AcceptedDamage } from './accepted-damage.ts'

/** Throws `EventLogDamaged` where the log was opened with damage that no operator has accepted. */
export async function requireWhole(log: EventLog, accepted: AcceptedDamage): Promise<void> {
  const refused = []
  for (const damage of log.damage ?? []) if (!(await accepted.isAccepted(damage))) refused.push(damage)
  if (refused.length > 0) throw new EventLogDamaged(refused)
}
