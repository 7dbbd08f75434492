/**
 * Finding one's way in canonical text, as decodeJson yields it: valid and without whitespace, so that nothing
 * is checked again here. Values are handed out as slices, with their number lexemes as they were sent.
 */

/** The text of a member's value in an object's canonical text; undefined where there is none. */
export function memberText(object: string, key: string): string | undefined {
  for (const [name, value] of members(object)) {
    if (name === key) return value
  }
  return undefined
}

/** The texts of an array's elements. */
export function* elementTexts(array: string): Generator<string> {
  let at = 1
  while (at < array.length - 1) {
    const end = endOfValue(array, at)
    yield array.slice(at, end)
    at = end + 1
  }
}

/**
 * The text with every object's keys in RFC 8785 order (by UTF-16 units); everything else stays, also number
 * lexemes: 1 and 1.0 are different text and so have different digests.
 */
export function sortedText(canonical: string): string {
  return sortValue(canonical, { at: 0 })
}

/** One pass however deep the nesting is: the cursor moves on while the sorted text comes back. */
function sortValue(text: string, cursor: { at: number }): string {
  const first = text[cursor.at]
  if (first === '{') return sortObject(text, cursor)
  if (first === '[') return sortArray(text, cursor)
  const start = cursor.at
  cursor.at = endOfValue(text, start)
  return text.slice(start, cursor.at)
}

function sortObject(text: string, cursor: { at: number }): string {
  const sorted: [key: string, member: string][] = []
  cursor.at++
  while (text[cursor.at] !== '}') {
    const colon = endOfString(text, cursor.at)
    const token = text.slice(cursor.at, colon)
    cursor.at = colon + 1
    sorted.push([JSON.parse(token), `${token}:${sortValue(text, cursor)}`])
    if (text[cursor.at] === ',') cursor.at++
  }
  cursor.at++
  sorted.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([, member]) => member).join(',')}}`
}

function sortArray(text: string, cursor: { at: number }): string {
  const elements: string[] = []
  cursor.at++
  while (text[cursor.at] !== ']') {
    elements.push(sortValue(text, cursor))
    if (text[cursor.at] === ',') cursor.at++
  }
  cursor.at++
  return `[${elements.join(',')}]`
}

/** Keys, unescaped, with the texts of their values, in the order of the text. */
export function* members(object: string): Generator<[key: string, value: string]> {
  let at = 1
  while (at < object.length - 1) {
    const colon = endOfString(object, at)
    const end = endOfValue(object, colon + 1)
    yield [JSON.parse(object.slice(at, colon)), object.slice(colon + 1, end)]
    at = end + 1
  }
}

function endOfValue(text: string, start: number): number {
  let depth = 0
  let at = start
  do {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at)
        break
      case '{':
      case '[':
        depth++
        at++
        break
      case '}':
      case ']':
        depth--
        at++
        break
      default:
        at++
    }
  } while (at < text.length && (depth > 0 || !isEnd(text[at])))
  return at
}

function isEnd(character: string | undefined): boolean {
  return character === ',' || character === '}' || character === ']'
}

function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1)
  while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1)
  return quote + 1
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0
  while (text[quote - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}
