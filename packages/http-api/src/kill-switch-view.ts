import type { KillSwitch } from '@sallyport/control'
import { Type } from 'typebox'

/** A kill switch as every route shows it; `reason`, `since` and `by` are null when it is off. */
export const KillSwitchView = Type.Object({
  scope: Type.String(),
  on: Type.Boolean(),
  reason: Type.Union([Type.String(), Type.Null()]),
  since: Type.Union([Type.String({ description: 'RFC 3339, UTC' }), Type.Null()]),
  by: Type.Union([Type.String(), Type.Null()]),
})

/** One that is on. */
export function killSwitchView({ scope, reason, since, by }: KillSwitch) {
  return { scope, on: true, reason, since, by }
}
