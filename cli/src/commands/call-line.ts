interface ShownCall {
  readonly arguments: unknown
  readonly meta?: unknown
  readonly callDigest?: string
}

const LONGEST_TEXT = 40
const LONGEST_LINE = 80
/** Of the digest, so much tells two calls apart for a person. */
const DIGEST_CHARACTERS = 8

/**
 * The arguments of a held call in one line, with secrets masked. Of a long text the begin and the end stand. Where the
 * line does not say everything, the begin of the call's digest follows: it differs where the calls differ.
 */
export function callLine({ arguments: given, meta = null, callDigest }: ShownCall): string {
  const text = given === undefined ? '' : JSON.stringify(given, (_, value: unknown) => shortened(value))
  const line = cut(text, LONGEST_LINE, 0)
  const isWhole = meta === null && !/…|\[redacted:/.test(line)
  return isWhole || callDigest === undefined ? line : `${line} #${callDigest.slice(0, DIGEST_CHARACTERS)}`
}

function shortened(value: unknown): unknown {
  return typeof value === 'string' ? cut(value, LONGEST_TEXT, LONGEST_TEXT / 2) : value
}

/** At most `most` characters, of which `end` are the last ones. */
function cut(text: string, most: number, end: number): string {
  if (text.length <= most) return text
  const begin = text.slice(0, most - end - 1)
  return `${begin}…${end === 0 ? '' : text.slice(-end)}`.toWellFormed()
}
