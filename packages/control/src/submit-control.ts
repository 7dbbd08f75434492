import type { Publisher } from '@sallyport/event-log'
import { type DataOf, newEvent } from '@sallyport/events'
import type { RunningControlView } from './control-view.ts'
import { ControlCommandUnsettled } from './errors.ts'
import type { ControlEventType } from './evolve.ts'
import type { ControlOutcome } from './state.ts'

export interface ControlSubmitterOptions {
  readonly publisher: Publisher
  readonly view: Pick<RunningControlView, 'settled'>
  readonly clock: () => Date
  readonly tenant: string
  /** The part that submits, such as `/decision`. */
  readonly source: string
  /** How long the own fold may take to reach the command (default 5 s). */
  readonly deadlineMs?: number
}

/**
 * Appends a command and answers what came of it once the own fold has reached it. Rejects with the log's error when
 * the command was not recorded, and with `ControlCommandUnsettled` when it was recorded but not applied here in time.
 */
export type SubmitControl = <T extends ControlEventType>(
  type: T,
  subject: string,
  data: DataOf<T>,
) => Promise<ControlOutcome>

export function submitControl(options: ControlSubmitterOptions): SubmitControl {
  const { publisher, view, clock, tenant, source, deadlineMs = 5000 } = options
  return async (type, subject, data) => {
    const position = await publisher.publish(
      newEvent({ type, source, subject, tenant, key: tenant, data }, clock()),
    )
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => late.reject(new ControlCommandUnsettled()), deadlineMs)
    const settled = view.settled(position).catch((cause: unknown) => {
      throw new ControlCommandUnsettled({ cause })
    })
    try {
      return await Promise.race([settled, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }
}
