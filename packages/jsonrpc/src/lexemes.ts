const MINUS = 0x2d
const PLUS = 0x2b
const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39

/** Whether a number can begin with this unit. */
export function beginsNumber(code: number): boolean {
  return code === MINUS || (code >= ZERO && code <= NINE)
}

/** A double holds any integer of this many digits, so the lexeme needs no range check. */
const ALWAYS_FINITE_LENGTH = 300

/**
 * Behind the number at `start` by the grammar of RFC 8259 section 6; where it breaks off, `~` of the place at fault.
 */
export function endOfNumber(codes: Uint16Array, start: number): number {
  let at = codes[start] === MINUS ? start + 1 : start
  at = codes[at] === ZERO ? at + 1 : endOfDigits(codes, at)
  if (at >= 0 && codes[at] === DOT) at = endOfDigits(codes, at + 1)
  if (at < 0 || !isExponent(codes[at])) return at
  const sign = codes[at + 1]
  return endOfDigits(codes, sign === PLUS || sign === MINUS ? at + 2 : at + 1)
}

/** Whether a lexeme can be one that no double holds; cheap, and sure where it says no. */
export function mayOverflow(codes: Uint16Array, start: number, end: number): boolean {
  if (end - start >= ALWAYS_FINITE_LENGTH) return true
  for (let at = start; at < end; at++) if (isExponent(codes[at])) return true
  return false
}

/** Any integer of this many digits, and any decimal fraction, is written by JavaScript as it was read. */
const ALWAYS_EXACT_LENGTH = 15
/** `0.000001` is the smallest of its kind that has no exponent. */
const ALWAYS_PLAIN_LENGTH = 8

/** Whether JavaScript writes the number as it stands here; cheap, and sure where it says yes. */
export function isSurelyExact(codes: Uint16Array, start: number, end: number): boolean {
  if (end - start > ALWAYS_EXACT_LENGTH) return false
  const first = codes[start] === MINUS ? start + 1 : start
  let hasDot = false
  for (let at = first; at < end; at++) {
    const code = codes[at] as number
    if (code === DOT) hasDot = true
    else if (code < ZERO || code > NINE) return false
  }
  if (codes[first] !== ZERO) return !hasDot || codes[end - 1] !== ZERO
  return hasDot ? codes[end - 1] !== ZERO && end - first <= ALWAYS_PLAIN_LENGTH : first === start
}

function isExponent(code: number | undefined): boolean {
  return code === 0x65 || code === 0x45
}

function endOfDigits(codes: Uint16Array, start: number): number {
  let at = start
  let code = codes[at] as number
  if (!(code >= ZERO && code <= NINE)) return ~at
  while (code >= ZERO && code <= NINE) code = codes[++at] as number
  return at
}
