import { printable } from '../output.ts'
import { shownTime } from '../shown-time.ts'

/** A kill switch as the API shows it; `reason`, `since` and `by` are null when it is off. */
export interface KillSwitch {
  readonly scope: string
  readonly on: boolean
  readonly reason: string | null
  readonly since: string | null
  readonly by: string | null
}

/** The outcome of a command to switch one; `changed` is false when it was on, or off, already. */
export interface KillSwitchChanged extends KillSwitch {
  readonly changed: boolean
  readonly othersOn: readonly KillSwitch[]
}

/** One that is on: its scope, since when, by whom and the reason, in one line. */
export function onText({ scope, since, by, reason }: KillSwitch): string {
  return printable(
    `${scope} since ${shownTime(since ?? '')} by ${by}${reason === null ? '' : ` (${reason})`}`,
  )
}

/** The change, and after it the scopes that still stop calls: switching off one leaves the others on. */
export function changedText(kill: KillSwitchChanged): string {
  const others = kill.othersOn.flatMap((other) => [
    `still on: ${onText(other)}`,
    `          sallyport kill off --scope ${printable(other.scope)} turns it off`,
  ])
  return [outcome(kill), ...(kill.on ? [] : others)].join('\n')
}

function outcome({ scope, on, changed, since }: KillSwitchChanged): string {
  const named = scope === 'global' ? 'global, the scope that stops everything' : scope
  if (changed) return `kill switch ${on ? 'on' : 'off'} for ${named}`
  if (on) return `kill switch on for ${named}: it was on already, since ${shownTime(since ?? '')}`
  return `kill switch not on for ${named}: nothing was turned off`
}
