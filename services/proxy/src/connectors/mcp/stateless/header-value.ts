/**
 * Texts as values of mirrored header fields (MCP 2026-07-28, Streamable HTTP, Value Encoding): a text that a field
 * cannot carry goes as `=?base64?…?=` over its UTF-8. A text that looks like that already does too.
 */

const PREFIX = '=?base64?'
const SUFFIX = '?='
const PLAIN = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/
const CANONICAL_BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function encodeHeaderValue(text: string): string {
  return PLAIN.test(text) && !isEncoded(text)
    ? text
    : `${PREFIX}${Buffer.from(text, 'utf8').toString('base64')}${SUFFIX}`
}

/** The text that a value stands for; undefined for an encoded one that is not canonical Base64 of UTF-8. */
export function decodeHeaderValue(value: string): string | undefined {
  if (!isEncoded(value)) return value
  const base64 = value.slice(PREFIX.length, -SUFFIX.length)
  if (!CANONICAL_BASE64.test(base64)) return undefined
  try {
    return UTF8.decode(Buffer.from(base64, 'base64'))
  } catch {
    return undefined
  }
}

function isEncoded(value: string): boolean {
  return value.length >= PREFIX.length + SUFFIX.length && value.startsWith(PREFIX) && value.endsWith(SUFFIX)
}
