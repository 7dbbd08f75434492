const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** A list in a text that was not checked, and where it stands there. */
export interface RawList {
  /** Behind the opening bracket. */
  readonly start: number
  /** At the closing bracket. */
  readonly end: number
  readonly entries: readonly string[]
}

/**
 * The entries of the list that is found under these keys, in text that may be anything. Only quotes and brackets are
 * counted, so that whatever is wrong inside an entry stays in it. Undefined where they do not pair, and where there is
 * no such list. No step is taken twice, and nothing recurses.
 */
export function rawList(text: string, keys: readonly string[]): RawList | undefined {
  let at = blanks(text, 0)
  for (const key of keys) {
    const inside = text.charCodeAt(at) === OPEN_BRACE ? rawMember(text, at, key) : undefined
    if (inside === undefined) return undefined
    at = inside
  }
  return text.charCodeAt(at) === OPEN_BRACKET ? entriesIn(text, at + 1) : undefined
}

function entriesIn(text: string, start: number): RawList | undefined {
  const entries: string[] = []
  let at = blanks(text, start)
  if (text.charCodeAt(at) === CLOSE_BRACKET) return { start, end: at, entries }
  for (;;) {
    const end = endOfRawValue(text, at)
    if (end === undefined) return undefined
    entries.push(text.slice(at, end))
    if (text.charCodeAt(end) === CLOSE_BRACKET) return { start, end, entries }
    if (text.charCodeAt(end) !== COMMA) return undefined
    at = end + 1
  }
}

/** Where the value of `key` begins. */
function rawMember(text: string, object: number, key: string): number | undefined {
  let at = blanks(text, object + 1)
  while (text.charCodeAt(at) === QUOTE) {
    const end = endOfRawString(text, at)
    if (end === undefined) return undefined
    const colon = blanks(text, end)
    if (text.charCodeAt(colon) !== COLON) return undefined
    if (text.slice(at + 1, end - 1) === key) return blanks(text, colon + 1)
    const next = endOfRawValue(text, colon + 1)
    if (next === undefined || text.charCodeAt(next) !== COMMA) return undefined
    at = blanks(text, next + 1)
  }
  return undefined
}

/** At the comma or the bracket behind the value. */
function endOfRawValue(text: string, start: number): number | undefined {
  let depth = 0
  for (let at = start; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfRawString(text, at)
      if (end === undefined) return undefined
      at = end
      continue
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return at
      depth--
    } else if (code === COMMA && depth === 0) return at
    at++
  }
  return undefined
}

/** The engine finds quotes far sooner than a loop does. No backslash is looked at twice. */
function endOfRawString(text: string, start: number): number | undefined {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let escapes = 0
    while (text.charCodeAt(quote - 1 - escapes) === BACKSLASH) escapes++
    if (escapes % 2 === 0) return quote + 1
  }
  return undefined
}

function blanks(text: string, start: number): number {
  let at = start
  for (
    let code = text.charCodeAt(at);
    code === 0x20 || (code >= 0x09 && code <= 0x0d);
    code = text.charCodeAt(at)
  )
    at++
  return at
}
