import type { Approval } from '../api/types.ts'

export const AGES = ['fresh', 'minutes', 'hour', 'old'] as const
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
const UNTIL: Readonly<Record<Age, number>> = {
  fresh: 5 * MINUTE,
  minutes: 30 * MINUTE,
  hour: 120 * MINUTE,
  old: Number.POSITIVE_INFINITY,
}

/** The filter that an address has; whatever it has else is left out. */
export function filterOf({ show, text, risk, age }: Record<string, unknown>): Filter {
  return {
    ...(show === 'ended' ? { show } : {}),
    ...(typeof text === 'string' && text !== '' ? { text } : {}),
    ...(isOneOf(RISKS, risk) ? { risk } : {}),
    ...(isOneOf(AGES, age) ? { age } : {}),
  }
}

export function ageOf({ requestedAt }: Pick<Approval, 'requestedAt'>, now: number): Age {
  const waited = now - Date.parse(requestedAt)
  return AGES.find((age) => waited < UNTIL[age]) ?? 'old'
}

/** Those that the filter lets through, in their order. */
export function filtered(approvals: readonly Approval[], filter: Filter, now: number): readonly Approval[] {
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  return approvals.filter((approval) => {
    if (filter.risk !== undefined && approval.risk !== filter.risk) return false
    if (filter.age !== undefined && ageOf(approval, now) !== filter.age) return false
    if (words.length === 0) return true
    const { gateway, upstream, action, approvalId, rule } = approval
    const text = `${gateway.name} ${upstream} ${action} ${approvalId} ${rule}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** How many there are of each age, whatever age is chosen. */
export function countsByAge(
  approvals: readonly Approval[],
  filter: Filter,
  now: number,
): Readonly<Record<Age, number>> {
  const { age: _, ...others } = filter
  const counts = { fresh: 0, minutes: 0, hour: 0, old: 0 }
  for (const approval of filtered(approvals, others, now)) counts[ageOf(approval, now)] += 1
  return counts
}

function isOneOf<T extends string>(words: readonly T[], word: unknown): word is T {
  return words.some((one) => one === word)
}
