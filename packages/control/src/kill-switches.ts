import type { EventOf } from '@sallyport/events'
import type { ControlState } from './state.ts'
import { accept, type Transition, withEntry, withoutEntry } from './transition.ts'

/** Never rejected: whoever stops agents in a hurry need not know whether somebody else was faster. */
export function onKillSwitchSet(
  state: ControlState,
  event: EventOf<'sallyport.kill_switch.set.v2'>,
): Transition {
  const { scope, on, reason, actor } = event.data
  if (!on) return accept(state, { killSwitches: withoutEntry(state.killSwitches, scope) }, scope)
  const since = state.killSwitches.get(scope)?.since ?? event.time
  const killSwitch = { scope, reason, since, by: actor.name }
  return accept(state, { killSwitches: withEntry(state.killSwitches, scope, killSwitch) }, scope)
}
