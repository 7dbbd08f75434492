/** A checked pattern of a text; see `parseTextPattern`. */
export type TextPattern = readonly (string | typeof WORD | typeof ANYTHING)[]

/** One word: letters, digits and `_`, and `.` or `-` directly after one of them; at least one. So neither `..` nor an option. */
const WORD = Symbol('word')
/** Any text, also none. */
const ANYTHING = Symbol('anything')

/** A longer text fits no pattern but `**`. */
export const LONGEST_MATCHED = 8192
const MOST_WILDCARDS = 8

/**
 * Reads a pattern of a whole text. `*` stands for one word and `**` for any text; `\*` and `\\` stand for themselves. Throws
 * RangeError with what is wrong.
 */
export function parseTextPattern(source: string): TextPattern {
  const parts: (string | typeof WORD | typeof ANYTHING)[] = []
  let literal = ''
  for (let at = 0; at < source.length; at += 1) {
    const one = source[at] as string
    const next = source[at + 1]
    if (one === '\\') {
      if (next !== '*' && next !== '\\') throw new RangeError('has a \\ before what needs none')
      literal += next
      at += 1
    } else if (one === '*') {
      if (literal !== '') parts.push(literal)
      literal = ''
      parts.push(next === '*' ? ANYTHING : WORD)
      if (next === '*') at += 1
    } else literal += one
  }
  if (literal !== '') parts.push(literal)
  if (parts.filter((part) => typeof part !== 'string').length > MOST_WILDCARDS)
    throw new RangeError(`has more than ${MOST_WILDCARDS} wildcards`)
  return parts
}

/**
 * Whether the whole text fits. It takes as long as the text and the pattern are long together, whatever they are: of every
 * part it is known at which places it can end.
 */
export function fitsText(pattern: TextPattern, text: string): boolean {
  if (pattern.length === 1 && pattern[0] === ANYTHING) return true
  if (text.length > LONGEST_MATCHED) return false
  let places = new Uint8Array(text.length + 1)
  places[0] = 1
  for (const part of pattern) places = afterPart(part, places, text)
  return places[text.length] === 1
}

function afterPart(part: TextPattern[number], before: Uint8Array, text: string): Uint8Array<ArrayBuffer> {
  const after = new Uint8Array(text.length + 1)
  if (typeof part === 'string') {
    for (let at = 0; at + part.length <= text.length; at += 1)
      if (before[at] === 1 && text.startsWith(part, at)) after[at + part.length] = 1
    return after
  }
  let open = false
  for (let at = 0; at <= text.length; at += 1) {
    if (part === ANYTHING) {
      open ||= before[at] === 1
      if (open) after[at] = 1
      continue
    }
    open = at > 0 && (open || before[at - 1] === 1) && isOfWord(text, at - 1)
    if (open) after[at] = 1
  }
  return after
}

const WORD_UNIT = /[\p{L}\p{N}_]/u

function isOfWord(text: string, at: number): boolean {
  const unit = text[at] as string
  if (unit === '.' || unit === '-') return at > 0 && WORD_UNIT.test(text[at - 1] as string)
  return WORD_UNIT.test(unit)
}
