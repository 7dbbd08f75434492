import type { ControlState, Upstream } from '@sallyport/control'
import { canMatch, familiesOf } from '@sallyport/policy'
import { ActionForeign } from './errors.ts'

/** Throws ActionForeign where no action of the upstream's kind has this name, PatternInvalid where it is none. */
export function checkActionOf({ connector }: Upstream, action: string, _state: ControlState): void {
  if (action.includes('*') || !canMatch(connector, action))
    throw new ActionForeign(connector, familiesOf(connector))
}
