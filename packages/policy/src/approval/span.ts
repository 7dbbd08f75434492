import { SpanInvalid } from './errors.ts'

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const SPAN = /^(\d{1,6})([smhd])$/
const LONGEST_MS = 90 * UNITS.d

/**
 * Milliseconds of a time as people write it: `90s`, `15m`, `2h`, `1d`, up to 90 days. Throws SpanInvalid, which names
 * `what`: a number without its unit could be read in two ways, and zero would answer by itself.
 */
export function parseSpan(text: string, what: string): number {
  const [, count, unit] = SPAN.exec(text) ?? []
  if (count === undefined || unit === undefined)
    throw new SpanInvalid(`${what} is not a time such as 90s, 15m, 2h or 1d: "${text.slice(0, 32)}"`)
  const ms = Number(count) * UNITS[unit as keyof typeof UNITS]
  if (ms === 0) throw new SpanInvalid(`${what} is zero: nobody could answer in time`)
  if (ms > LONGEST_MS) throw new SpanInvalid(`${what} is longer than 90 days`)
  return ms
}

/** The shortest text that `parseSpan` reads as these milliseconds, which are whole seconds. */
export function spanText(ms: number): string {
  const [unit = 's', size = 1000] = Object.entries(UNITS).findLast(([, unitMs]) => ms % unitMs === 0) ?? []
  return `${ms / size}${unit}`
}
