import type { HealthCheck } from '@sallyport/runtime'
import type { ControlView } from './state.ts'

/** Whether the control state can be trusted, and how far it has come: instances at the same offset agree. */
export function controlHealth(view: Pick<ControlView, 'fault' | 'offset' | 'passedOver'>): HealthCheck {
  return () => {
    const reason = view.fault()
    const facts = { offset: view.offset(), passedOver: view.passedOver() }
    return reason === undefined ? { status: 'ok', facts } : { status: 'down', reason, facts }
  }
}
