import type { Span } from './finding.ts'

const BEGIN = '-----BEGIN '
const END = '-----END '
/** Sticky and bounded: at most 40 characters to go back over. */
const HEADER = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y
const FOOTER = /-----END [A-Z0-9 ]{0,60}-----/y

/** Private keys in PEM (RFC 7468) or OpenPGP armour; one without an end counts up to the end of the text. */
export function findPrivateKeys(text: string): Span[] {
  const spans: Span[] = []
  let from = text.indexOf(BEGIN)
  while (from !== -1) {
    HEADER.lastIndex = from
    if (!HEADER.test(text)) {
      from = text.indexOf(BEGIN, from + BEGIN.length)
      continue
    }
    const end = endOf(text, HEADER.lastIndex)
    spans.push({ start: from, end, kind: 'private_key' })
    from = text.indexOf(BEGIN, end)
  }
  return spans
}

function endOf(text: string, from: number): number {
  const footer = text.indexOf(END, from)
  if (footer === -1) return text.length
  FOOTER.lastIndex = footer
  return FOOTER.test(text) ? FOOTER.lastIndex : text.length
}
