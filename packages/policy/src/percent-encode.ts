const OTHERS = /[^A-Za-z0-9_.-]+/g
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
  return text.replace(OTHERS, encodeRun)
}

function encodeRun(run: string): string {
  if (run.isWellFormed()) return encodeURIComponent(run).replace(LEFT, encodeCharacter)
  let encoded = ''
  for (const character of run) encoded += encodeCharacter(character)
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

/** The percent-encoded bytes of one character in UTF-8, or one byte that is none. */
const ENCODED =
  /%[0-7][0-9a-f]|%c[2-9a-f]%[89ab][0-9a-f]|%d[0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-4](?:%[89ab][0-9a-f]){3}|%[89a-f][0-9a-f]/gi

/** The text with each encoded character read, once. Bytes that are not UTF-8 stay encoded, in capitals. Total. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(ENCODED, (code) => {
    try {
      return decodeURIComponent(code)
    } catch {
      return code.toUpperCase()
    }
  })
}
