import type { Span } from '../finding.ts'
import { after, type Finder } from './finder.ts'
import { isExample } from './plausible.ts'

const BEGIN = '-----BEGIN '
const KIND = 'private_key'
/** Sticky and bounded: at most 40 characters to go back over. */
const HEADER = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y
/** Line ends, also as they stand in JSON inside a text or between the strings of a program. */
const LINE_END = /(?:[\r\n\t ]|\\[rnt]|["',]| \+(?=\s))+/y
const BASE64 = /[A-Za-z0-9+/]+/y
const PADDING = /=+/y
/** `Proc-Type: 4,ENCRYPTED`, `Version: GnuPG v2`. */
const FIELD = /[A-Za-z-]{1,20}: [A-Za-z0-9,. -]{0,80}/y
const SHORTEST_LINE = 16

/**
 * The lines of private keys in PEM (RFC 7468) or OpenPGP armour; one without an end goes up to the first line that is
 * none of a key. Ends of lines are in no span: what stands on another line is not hidden with it.
 */
export const PRIVATE_KEYS: Finder = {
  keywords: [BEGIN],
  find(text, start) {
    const from = after(HEADER, text, start)
    if (from === start) return undefined
    const spans: Span[] = []
    return { end: linesOf(text, from, spans), spans }
  },
}

function linesOf(text: string, from: number, spans: Span[]): number {
  for (let at = after(LINE_END, text, from); ; ) {
    const field = after(FIELD, text, at)
    const start = after(PADDING, text, at)
    const end = field > at ? field : after(BASE64, text, start)
    const line = after(PADDING, text, end)
    const next = after(LINE_END, text, line)
    if (line === at) return at
    if (field === at) {
      // The last line of a key is as short as it happens to be.
      if (end - start < SHORTEST_LINE && !text.startsWith('-----END', next)) return at
      if (end > start)
        spans.push({ start, end, kind: KIND, severity: isExample(text.slice(start, end)) ? 'low' : 'high' })
    }
    if (next === line) return line
    at = next
  }
}
