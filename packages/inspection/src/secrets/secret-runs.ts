import type { Span } from '../finding.ts'
import { type Characters, charactersOf } from './characters.ts'
import { isPlausible } from './plausible.ts'

const VARIABLE = /^\$[A-Za-z_]\w*$/
const PLAIN = /^[A-Za-z0-9+_-]+$/
/** A word of a language or a command: `base64`, `python3`, `DROP`, `Users`. */
const WORD = /^(?:[A-Za-z]?[a-z]*\d*[a-z]*|[A-Z]+|\d+)$/
const LONGEST_WORD = 24
/** What a redaction before has left. */
const MARKER = /\[redacted:[a-z_]{1,40}, \d{1,9} characters\]/g
const LONG = 20

/**
 * The secret in a value that is said to be one. A value that is a command is no secret as a whole: it is shown from
 * where the command begins.
 */
export function secretRuns(value: string, kind: string): Span[] {
  const characters = charactersOf(value)
  const runs = runsOf(value, characters, kind)
  const { code, operator, blank, first } = characters
  if (code !== -1 || (operator !== -1 && blank !== -1))
    return runs.filter((run) => run.start === first || isLongRandom(value, run))
  if (operator === -1) return runs
  if (operator === 0 && VARIABLE.test(value)) return []
  return runs.filter((run) => run.end <= operator || isRandom(value, run))
}

/** The secrets in a value somewhere below what is said to be one: it may be told by one word, or look like nothing else. */
export function secretRunsBelow(value: string, kind: string): Span[] {
  const characters = charactersOf(value)
  const runs = runsOf(value, characters, kind)
  const [only] = runs
  if (only !== undefined && only.end - only.start === value.length) return runs
  const { code, operator, blank } = characters
  const isCode = code !== -1 || (operator !== -1 && blank !== -1)
  return runs.filter((run) => (isCode ? isLongRandom(value, run) : isRandom(value, run)))
}

function runsOf(value: string, { runs }: Characters, kind: string): Span[] {
  const severity = isPlausible(value) ? 'high' : 'low'
  const spans: Span[] = []
  for (let at = 0; at < runs.length; at += 2)
    spans.push({ start: runs[at] ?? 0, end: runs[at + 1] ?? 0, kind, severity })
  if (!value.includes('[redacted:')) return spans
  const markers = Array.from(value.matchAll(MARKER), ({ 0: text, index }) => [index, index + text.length])
  return spans.filter(({ start }) => !markers.some(([from = 0, to = 0]) => start >= from && start < to))
}

function isRandom(value: string, { start, end }: Span): boolean {
  const run = value.slice(start, end)
  return PLAIN.test(run) && (run.length > LONGEST_WORD || !WORD.test(run))
}

function isLongRandom(value: string, { start, end }: Span): boolean {
  if (end - start < LONG) return false
  const run = value.slice(start, end)
  return /\d/.test(run) && /[a-z]/.test(run) && /[A-Z]/.test(run) && !run.includes('.')
}
