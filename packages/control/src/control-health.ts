import type { HealthCheck } from '@sallyport/runtime'
import type { ControlView } from './state.ts'

/**
 * Whether the control state can be trusted, and how far it has come: instances at the same offset agree. Down until the
 * process that has it has `started`.
 */
export function controlHealth(
  view: Pick<ControlView, 'fault' | 'offset' | 'passedOver'>,
  started: () => boolean = () => true,
): HealthCheck {
  return () => {
    const reason = view.fault() ?? (started() ? undefined : 'the process is starting')
    const facts = { offset: view.offset(), passedOver: view.passedOver() }
    return reason === undefined ? { status: 'ok', facts } : { status: 'down', reason, facts }
  }
}
