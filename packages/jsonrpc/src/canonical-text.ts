/**
 * Finding one's way in canonical text, as decodeJson yields it: valid and without whitespace, so that nothing
 * is checked again here. Values are handed out as slices, with their number lexemes as they were sent.
 */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Where the value of `key` starts in the object that starts at `object`; undefined where it has no such key. */
export function startOfMember(text: string, object: number, key: string): number | undefined {
  let at = object + 1
  while (text.charCodeAt(at) === QUOTE) {
    const colon = endOfString(text, at)
    if (unquote(text.slice(at, colon)) === key) return colon + 1
    const end = endOfValue(text, colon + 1)
    at = end + 1
  }
  return undefined
}

/** The texts of the elements of an array. */
export function elementTexts(array: string): string[] {
  const elements: string[] = []
  for (let at = 1; at < array.length - 1; ) {
    const end = endOfValue(array, at)
    elements.push(array.slice(at, end))
    at = end + 1
  }
  return elements
}

/**
 * The value that starts at `start`, with every object's keys in RFC 8785 order (by UTF-16 units); everything
 * else stays, also number lexemes: 1 and 1.0 are different text and so have different digests. `omit` names a
 * member of the outermost object to leave out.
 */
export function sortedText(canonical: string, start = 0, omit?: string): string {
  return sortValue(canonical, { at: start }, omit)
}

/** One pass however deep the nesting is: the cursor moves on while the sorted text comes back. */
function sortValue(text: string, cursor: { at: number }, omit?: string): string {
  const start = cursor.at
  const code = text.charCodeAt(start)
  if (code === OPEN_BRACE) return sortObject(text, cursor, omit)
  if (code === OPEN_BRACKET) return sortArray(text, cursor)
  cursor.at = endOfValue(text, start)
  return text.slice(start, cursor.at)
}

function sortObject(text: string, cursor: { at: number }, omit?: string): string {
  const found: Member[] = []
  let inOrder = true
  cursor.at++
  while (text.charCodeAt(cursor.at) === QUOTE) {
    const start = cursor.at
    const colon = endOfString(text, start)
    const key = unquote(text.slice(start, colon))
    cursor.at = colon + 1
    const value = sortValue(text, cursor)
    if (key !== omit) {
      const last = found.at(-1)
      if (last !== undefined && key < last.key) inOrder = false
      found.push({ key, text: `${text.slice(start, colon + 1)}${value}` })
    }
    if (text.charCodeAt(cursor.at) === COMMA) cursor.at++
  }
  cursor.at++
  if (!inOrder) found.sort((a, b) => (a.key < b.key ? -1 : 1))
  return `{${found.map((member) => member.text).join(',')}}`
}

interface Member {
  readonly key: string
  readonly text: string
}

function sortArray(text: string, cursor: { at: number }): string {
  const elements: string[] = []
  cursor.at++
  while (text.charCodeAt(cursor.at) !== CLOSE_BRACKET) {
    elements.push(sortValue(text, cursor))
    if (text.charCodeAt(cursor.at) === COMMA) cursor.at++
  }
  cursor.at++
  return `[${elements.join(',')}]`
}

function unquote(token: string): string {
  return token.includes('\\') ? JSON.parse(token) : token.slice(1, -1)
}

/** Behind the value that starts at `start`. */
export function endOfValue(text: string, start: number): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfString(text, at)
      continue
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return at
      depth--
    } else if (code === COMMA && depth === 0) return at
    at++
  }
  return at
}

/** Behind the string whose opening quote is at `start`. */
export function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); ; at = text.indexOf('"', at + 1)) {
    if (text.charCodeAt(at - 1) !== BACKSLASH || !isEscaped(text, at)) return at + 1
  }
}

function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1
  while (text.charCodeAt(at) === BACKSLASH) at--
  return (quote - at) % 2 === 0
}
