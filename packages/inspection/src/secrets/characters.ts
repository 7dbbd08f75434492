/** What the characters of a value that is said to be secret are. Positions are -1 where there is none. */
export interface Characters {
  /** Start and end of each run of characters that a secret is made of, in turn. */
  readonly runs: readonly number[]
  /** The first character that has a meaning for shells or SQL. */
  readonly operator: number
  readonly blank: number
  /** Where code begins: a substitution, another line, a comment, an option, an operator beside a blank. */
  readonly code: number
  /** The first character that is no blank and no quote. */
  readonly first: number
}

const SECRET = 0
/** In no run, as shells, SQL and templates may give it a meaning. */
const APART = 1
const OPERATOR = 2
const BLANK = 3
const LINE = 4

const KINDS = kinds()
const UNSEEN = /[\p{C}\p{Z}]/u
const DOLLAR = 0x24
const DASH = 0x2d
const SLASH = 0x2f
const STAR = 0x2a
const BACKTICK = 0x60
const OPENINGS: ReadonlySet<number> = new Set([0x28, 0x7b])
const BESIDE_BLANKS: ReadonlySet<number> = new Set([0x7c, 0x26, 0x3b, 0x3c, 0x3e])

/**
 * One pass over a value. A mask covers runs and nothing between them: characters that a shell, SQL or a template gives a
 * meaning, blanks and invisible ones are in no run, so that a mask does not hide what will run.
 */
export function charactersOf(value: string): Characters {
  const runs: number[] = []
  let operator = -1
  let blank = -1
  let code = -1
  let first = -1
  let start = -1
  let before = SECRET
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at)
    const next = value.charCodeAt(at + 1)
    const isComment = (unit === DASH && next === DASH) || (unit === SLASH && next === STAR)
    const kind =
      isComment || (unit === DASH && value.charCodeAt(at - 1) === DASH) ? APART : kindOf(value, at, unit)
    if (kind === SECRET) {
      if (start === -1) start = at
    } else if (start !== -1) {
      runs.push(start, at)
      start = -1
    }
    if (first === -1 && kind < BLANK && unit !== 0x22 && unit !== 0x27) first = at
    if (kind === OPERATOR && operator === -1) operator = at
    if (kind >= BLANK && blank === -1) blank = at
    if (code === -1 && (isComment || begins(unit, next, kind, before))) code = at
    before = kind === OPERATOR && BESIDE_BLANKS.has(unit) ? OPERATOR : kind === OPERATOR ? APART : kind
  }
  if (start !== -1) runs.push(start, value.length)
  return { runs, operator, blank, code, first }
}

function begins(unit: number, next: number, kind: number, before: number): boolean {
  if (kind === LINE || unit === BACKTICK) return true
  if (unit === DOLLAR) return OPENINGS.has(next)
  if (before >= BLANK) return unit === DASH || BESIDE_BLANKS.has(unit)
  return before === OPERATOR && kind === BLANK
}

function kindOf(value: string, at: number, unit: number): number {
  if (unit < 0x80) return KINDS[unit] ?? APART
  if (unit >= 0xd800 && unit <= 0xdfff) return SECRET
  return UNSEEN.test(value.charAt(at)) ? BLANK : SECRET
}

function kinds(): Uint8Array {
  const table = new Uint8Array(0x80)
  for (let unit = 0; unit < 0x80; unit++) if (unit <= 0x20 || unit === 0x7f) table[unit] = BLANK
  table[0x0a] = LINE
  table[0x0d] = LINE
  for (const character of '*?!#~%=,[]{}') table[character.charCodeAt(0)] = APART
  for (const character of '$`|&;<>()\'"\\') table[character.charCodeAt(0)] = OPERATOR
  return table
}
