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

/** The object without the members whose key is not kept; the others as they are. */
export function pickMembers(object: string, keeps: (key: string) => boolean): string {
  const kept: string[] = []
  for (let at = 1; object.charCodeAt(at) === QUOTE; ) {
    const colon = endOfString(object, at)
    const end = endOfValue(object, colon + 1)
    if (keeps(unquote(object.slice(at, colon)))) kept.push(object.slice(at, end))
    at = end + 1
  }
  return `{${kept.join(',')}}`
}

/** The texts of the elements of the array whose bracket is at `start`. */
export function elementTexts(text: string, start = 0): string[] {
  const elements: string[] = []
  let at = start + 1
  if (text.charCodeAt(at) === CLOSE_BRACKET) return elements
  for (;;) {
    const end = endOfValue(text, at)
    elements.push(text.slice(at, end))
    if (text.charCodeAt(end) !== COMMA) return elements
    at = end + 1
  }
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
  const quote = text.indexOf('"', start + 1)
  // Most strings have no escape before their end. In one that has, each unit is looked at once: it may have millions.
  if (text.charCodeAt(quote - 1) !== BACKSLASH) return quote + 1
  let at = start + 1
  let code = text.charCodeAt(at)
  while (code !== QUOTE) {
    while (code === BACKSLASH) {
      at += 2
      code = text.charCodeAt(at)
    }
    while (code !== QUOTE && code !== BACKSLASH) code = text.charCodeAt(++at)
  }
  return at + 1
}
