import { TargetRefused } from '../errors.ts'

const UNRESERVED = /[A-Za-z0-9\-._~]/
const VISIBLE = /[\x21-\x7e]/

export function hasBrokenEncoding(text: string): boolean {
  return /%(?![0-9A-Fa-f]{2})/.test(text)
}

/** Encodes visible ASCII that does not match `allowed`: clients send `|` and `[` as they are. Throws TargetRefused. */
export function encodeOthers(text: string, allowed: RegExp): string {
  let encoded = ''
  for (const character of text) {
    if (allowed.test(character)) encoded += character
    else if (VISIBLE.test(character)) encoded += hexOf(character)
    else throw new TargetRefused('a character that has to be percent-encoded')
  }
  return encoded
}

/** Unreserved characters plain, hexadecimal digits in capitals (RFC 3986, sections 6.2.2.1 and 6.2.2.2). */
export function normalEncoding(text: string): string {
  return text.replace(/%[0-9A-Fa-f]{2}/g, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return UNRESERVED.test(character) ? character : code.toUpperCase()
  })
}

function hexOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
