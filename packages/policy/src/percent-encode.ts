const PLAIN = /^[A-Za-z0-9_.-]*$/
/** What `encodeURIComponent` leaves as it is, beside what a name may have. */
const LEFT = /[!'()*~]/g
const SURROGATES_START = 0xd800
const SURROGATES_END = 0xdfff

/**
 * Every character outside [A-Za-z0-9_.-] as the percent-encoded bytes of its UTF-8 form (RFC 3986 section 2.1,
 * upper-case digits). Total and injective: a lone surrogate, which has no UTF-8 form, keeps a form of its own
 * instead of collapsing into U+FFFD together with all the others.
 */
export function percentEncode(text: string): string {
  if (PLAIN.test(text)) return text
  if (text.isWellFormed()) return encodeURIComponent(text).replace(LEFT, encodeCharacter)
  let encoded = ''
  for (const character of text) encoded += PLAIN.test(character) ? character : encodeCharacter(character)
  return encoded
}

function encodeCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0
  const bytes =
    point >= SURROGATES_START && point <= SURROGATES_END ? threeBytes(point) : Buffer.from(character, 'utf8')
  let encoded = ''
  for (const byte of bytes) encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return encoded
}

function threeBytes(point: number): readonly number[] {
  return [0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f)]
}

const NEXT = '%[89ab][0-9a-f]'
/** The percent-encoded bytes of one character in UTF-8 (RFC 3629, section 4), or one byte that is none. */
const ENCODED = new RegExp(
  [
    '%[0-7][0-9a-f]',
    `%(?:c[2-9a-f]|d[0-9a-f])${NEXT}`,
    `%(?:e0%[ab][0-9a-f]|ed%[89][0-9a-f]|e[1-9abcef]${NEXT})${NEXT}`,
    `%(?:f0%[9ab][0-9a-f]|f4%8[0-9a-f]|f[1-3]${NEXT})${NEXT}${NEXT}`,
    '%[89a-f][0-9a-f]',
  ].join('|'),
  'gi',
)
const ONE_BYTE = 3

/** The text with each encoded character read, once. Bytes that are not UTF-8 stay encoded, in capitals. Total. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text.replace(ENCODED, (code) =>
      code.length === ONE_BYTE && code >= '%8' ? code.toUpperCase() : decodeURIComponent(code),
    )
  }
}
