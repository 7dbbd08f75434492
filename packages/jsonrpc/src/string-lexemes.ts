import type { StrictJsonRule } from './errors.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const LETTER_U = 0x75

/** A long string may be cut after about so many units. */
const PIECE = 128 * 1024

/** Finds the ends of strings, and checks what stands in them. */
export class StringLexemes {
  /** Whether the string that was read last may have to be written differently. */
  mayRewrite = false
  /** Where the string that was read last may be cut: before an escape. Short ones have no such place. */
  cuts: number[] = []
  readonly #codes: Uint16Array
  readonly #length: number
  readonly #fail: (rule: StrictJsonRule) => never

  constructor(codes: Uint16Array, length: number, fail: (rule: StrictJsonRule) => never) {
    this.#codes = codes
    this.#length = length
    this.#fail = fail
  }

  /** Behind the string whose opening quote is at `start`. */
  endAt(start: number): number {
    const codes = this.#codes
    let rewrite = false
    let at = start + 1
    let cutBehind = at + PIECE
    if (this.cuts.length > 0) this.cuts = []
    for (;;) {
      let code = codes[at] as number
      // A loop of its own: most units are ordinary, and this takes half the time.
      while (code >= 0x20 && code !== QUOTE && code !== BACKSLASH) code = codes[++at] as number
      if (code === QUOTE) break
      if (code !== BACKSLASH) this.#fail(at < this.#length ? 'control-character' : 'unexpected-end')
      if (at > cutBehind && !this.#mayEndSurrogate(at)) {
        this.cuts.push(at)
        cutBehind = at + PIECE
      }
      let escaped = codes[at + 1] as number
      while (code === BACKSLASH && (escaped === QUOTE || escaped === BACKSLASH) && at < cutBehind) {
        at += 2
        code = codes[at] as number
        escaped = codes[at + 1] as number
      }
      if (code !== BACKSLASH) continue
      // The digits are checked when the string is rewritten.
      if (!rewrite || escaped !== LETTER_U) rewrite = this.#escape(at) || rewrite
      at += 2
    }
    this.mayRewrite = rewrite
    return at + 1
  }

  /** Whether what stands before `at` looks like the escape of half a character, which the other half may follow. */
  #mayEndSurrogate(at: number): boolean {
    const codes = this.#codes
    return (
      codes[at - 6] === BACKSLASH && codes[at - 5] === LETTER_U && ((codes[at - 4] as number) | 0x20) === 0x64
    )
  }

  /** Checks the escape whose backslash is at `at`; true if canonical text may write it differently. */
  #escape(at: number): boolean {
    switch (this.#codes[at + 1]) {
      case QUOTE:
      case BACKSLASH:
      case 0x62: // b
      case 0x66: // f
      case 0x6e: // n
      case 0x72: // r
      case 0x74: // t
        return false
      case 0x2f: // a slash needs no escape
      case LETTER_U: // its digits are checked when the token is rewritten
        return !this.#isCanonicalControl(at + 2)
      default:
        return this.#fail(at + 1 < this.#length ? 'invalid-escape' : 'unexpected-end')
    }
  }

  /** Whether the four digits are those of a control character, as canonical text has them, which has no shorter escape. */
  #isCanonicalControl(at: number): boolean {
    const codes = this.#codes
    if (codes[at] !== 0x30 || codes[at + 1] !== 0x30) return false
    const high = codes[at + 2]
    const low = codes[at + 3] as number
    const isDigit = low >= 0x30 && low <= 0x39
    // b, t, n, f and r are shorter; e and f have no shorter form in small letters only.
    if (high === 0x30)
      return (isDigit && low !== 0x38 && low !== 0x39) || low === 0x62 || low === 0x65 || low === 0x66
    return high === 0x31 && (isDigit || (low >= 0x61 && low <= 0x66))
  }
}
