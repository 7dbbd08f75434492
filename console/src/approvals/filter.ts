import type { Approval } from '../api/types.ts'

export const AGES = ['new', 'fresh', 'minutes', 'hour', 'old'] as const
export type Age = (typeof AGES)[number]
export const RISKS = ['low', 'medium', 'high'] as const
export type Risk = (typeof RISKS)[number]

/** Which calls are listed; it is in the address, so that a list can be sent to a colleague. */
export interface Filter {
  readonly show?: 'ended'
  readonly text?: string
  readonly risk?: Risk
  readonly age?: Age
}

const MINUTE = 60_000
/** Where each age begins, in milliseconds of waiting, as the API counts them; it ends where the next begins. */
const FROM_MS: Readonly<Record<Age, number>> = {
  new: 0,
  fresh: MINUTE,
  minutes: 5 * MINUTE,
  hour: 15 * MINUTE,
  old: 60 * MINUTE,
}
const LONGEST_TEXT = 200

/** The filter that an address has; whatever it has else is left out. */
export function filterOf({ show, text, risk, age }: Record<string, unknown>): Filter {
  return {
    ...(show === 'ended' ? { show } : {}),
    ...(typeof text === 'string' && text !== '' ? { text: text.slice(0, LONGEST_TEXT) } : {}),
    ...(isOneOf(RISKS, risk) ? { risk } : {}),
    ...(isOneOf(AGES, age) ? { age } : {}),
  }
}

/** The filter as the list of the API takes it, to be put behind another parameter. */
export function queryOf({ text, risk, age }: Filter): string {
  const query = new URLSearchParams()
  if (text !== undefined) query.set('text', text)
  if (risk !== undefined) query.set('risk', risk)
  if (age !== undefined) {
    const until = untilMs(age)
    query.set('waitedFromMs', String(FROM_MS[age]))
    if (until !== undefined) query.set('waitedToMs', String(until))
  }
  const written = query.toString()
  return written === '' ? '' : `&${written}`
}

/** Whether the list of the API would have it: the same rule, for one that was told and not read. */
export function fitsFilter(approval: Approval, { text = '', risk, age }: Filter, now: number): boolean {
  if (risk !== undefined && approval.risk !== risk) return false
  if (age !== undefined && !isOfAge(approval, age, now)) return false
  const { gateway, upstream, action, approvalId, rule } = approval
  const named = `${gateway.name} ${upstream} ${action} ${approvalId} ${rule}`.toLowerCase()
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return words.every((word) => named.includes(word))
}

function isOfAge({ requestedAt }: Approval, age: Age, now: number): boolean {
  const waited = now - Date.parse(requestedAt)
  return waited >= FROM_MS[age] && waited < (untilMs(age) ?? Number.POSITIVE_INFINITY)
}

function untilMs(age: Age): number | undefined {
  const next = AGES[AGES.indexOf(age) + 1]
  return next && FROM_MS[next]
}

/** The age that a count of the API is of. */
export const ageFrom = (fromMs: number): Age | undefined => AGES.find((age) => FROM_MS[age] === fromMs)

function isOneOf<T extends string>(words: readonly T[], word: unknown): word is T {
  return words.some((one) => one === word)
}
