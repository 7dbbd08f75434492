import { percentDecode } from '../percent-encode.ts'

/** A text that is encoded more often than this is not looked at to its end. */
const MOST_ROUNDS = 4
/** WHATWG URL, section 4.4: taken out before anything else is read. */
const DROPPED = /[\t\n\r]/g
/** `settled`: it was read to its end. */
export interface Decoded {
  readonly text: string
  readonly settled: boolean
}

/**
 * The text with every percent-encoding read, however often it was encoded, and without what URL parsers drop. Bytes that
 * are not UTF-8 stay encoded.
 */
export function fullyDecoded(encoded: string): Decoded {
  let text = encoded
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = decodedOnce(text).replace(DROPPED, '')
    if (next === text) return { text, settled: true }
    text = next
  }
  return { text, settled: false }
}

/** Encoded percent signs in front of two digits are one encoding more of the same: all of them are read in one step. */
function decodedOnce(text: string): string {
  return percentDecode(text.replace(/%(?:25)+(?=[0-9a-f]{2})/gi, '%'))
}

/** Without the blanks and C0 controls at its ends and the tabs and line ends inside, as WHATWG parsers read it. */
export function strippedOfControls(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 0x20) start++
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--
  return text.slice(start, end).replace(DROPPED, '')
}
