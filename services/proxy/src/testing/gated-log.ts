import { type EventLog, EventLogUnavailable, memoryEventLog } from '@sallyport/event-log'

/** A log that confirms or refuses appends when a test says so. */
export function gatedLog() {
  const log = memoryEventLog()
  let failing = false
  let gate: Promise<void> | undefined
  let open: () => void = () => {}
  let asked = Promise.withResolvers<void>()
  const gated: EventLog = {
    ...log,
    async append(topic, records) {
      asked.resolve()
      if (failing) throw new EventLogUnavailable('made to fail')
      await gate
      return log.append(topic, records)
    },
  }
  return {
    log: gated,
    /** From now on appends wait; resolves when one does. */
    shut(): Promise<void> {
      asked = Promise.withResolvers<void>()
      const closed = Promise.withResolvers<void>()
      gate = closed.promise
      open = closed.resolve
      return asked.promise
    },
    open: () => open(),
    fail(): void {
      failing = true
    },
    /** After `fail`. */
    heal(): void {
      failing = false
    },
  }
}
