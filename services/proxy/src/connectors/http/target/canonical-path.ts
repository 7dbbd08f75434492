import { percentDecode } from '@sallyport/policy'
import { TargetRefused } from '../errors.ts'
import { encodeOthers, hasBrokenEncoding, normalEncoding } from './percent-encoding.ts'

/** RFC 3986, section 3.3: what may stand in a path as it is. */
const PATH_CHARACTER = /[A-Za-z0-9\-._~!$&'()*+,;=:@/%]/
/** Bytes that lenient decoders take for ASCII (RFC 3629, section 10). */
const OVERLONG = /%(?:c0|c1|e0%[89]|f0%8)/i
/** A name that was encoded more often than this is not looked at to its end. */
const MOST_READINGS = 4

/**
 * The one text of a path that is judged and forwarded: unreserved characters plain, all others encoded in capitals
 * (RFC 3986, section 6.2.2). Encoded slashes stay encoded, as they are part of a name. Throws TargetRefused for what
 * servers read differently: empty segments, and any reading in which a segment is `.` or `..`.
 */
export function canonicalPath(raw: string): string {
  if (raw === '') return ''
  if (!raw.startsWith('/')) throw new TargetRefused('the path does not begin with a slash')
  if (raw.includes('#')) throw new TargetRefused('a fragment')
  if (raw.includes('\\')) throw new TargetRefused('a backslash, which some servers read as a slash')
  if (hasBrokenEncoding(raw)) throw new TargetRefused('a percent sign without two hexadecimal digits')
  const path = normalEncoding(encodeOthers(raw, PATH_CHARACTER))
  if (path.includes('//')) throw new TargetRefused('an empty segment, which some servers leave out')
  if (!isUtf8(path)) throw new TargetRefused('the path is not UTF-8')
  checkReadings(path)
  return path
}

/** Servers decode once, twice or not at all, take a backslash for a slash, and leave out what follows `;`, `?` or `#`. */
function checkReadings(path: string): void {
  let reading = path
  for (let round = 0; round <= MOST_READINGS; round++) {
    if (hasControl(reading)) throw new TargetRefused('a control character in the path')
    if (OVERLONG.test(reading)) throw new TargetRefused('the path is not UTF-8')
    if (segmentsOf(reading).some(leadsElsewhere) || segmentsOf(folded(reading)).some(leadsElsewhere))
      throw new TargetRefused('a segment that is . or .., however it is written')
    const next = percentDecode(reading)
    if (next === reading) return
    reading = next
  }
  throw new TargetRefused('the path is encoded too often')
}

function segmentsOf(reading: string): string[] {
  return reading.split(/[/\\]/)
}

/** As servers read it that take full-width letters for plain ones (Unicode, NFKC). */
function folded(reading: string): string {
  return /[^\0-\x7f]/.test(reading) ? reading.normalize('NFKC') : reading
}

function leadsElsewhere(segment: string): boolean {
  const name = segment.replace(/[;?#].*/s, '').trim()
  return name === '.' || name === '..'
}

function isUtf8(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}
