import { AuditFilterInvalid } from '../errors.ts'

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const AGO = /^(\d{1,6})([smhdw])$/
const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/

/** An ISO 8601 instant, or how long before `now`: `15m`, `2h`, `7d`. Milliseconds since the epoch. */
export function readTime(name: string, text: string, now: number): number {
  const [, amount, unit] = AGO.exec(text) ?? []
  if (amount && unit) return now - Number(amount) * UNITS[unit as keyof typeof UNITS]
  const time = INSTANT.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time))
    throw new AuditFilterInvalid(name, 'must be an ISO 8601 instant or a time ago such as 15m')
  return time
}

/** A duration such as `5m`, in milliseconds. */
export function readDuration(name: string, text: string): number {
  const [, amount, unit] = AGO.exec(text) ?? []
  const duration = amount && unit ? Number(amount) * UNITS[unit as keyof typeof UNITS] : 0
  if (duration === 0) throw new AuditFilterInvalid(name, 'must be a duration such as 5m')
  return duration
}
