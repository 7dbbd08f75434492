import { atOnce } from './at-once.ts'
import { type LongString, rewrittenPieces } from './string-token.ts'

type Part = { readonly from: number; readonly to: number; readonly by: string } | LongString

/**
 * Writes a text anew with parts of it replaced, from front to back. As long as it is ASCII it is collected as bytes:
 * text with a space after every comma would otherwise be put together of tens of thousands of pieces.
 */
export class TextWriter {
  readonly #text: string
  readonly #codes: Uint16Array
  /** Up to here the text was written or dropped. The rest is copied unchanged. */
  #settled = 0
  #bytes: Buffer | undefined
  #length = 0
  /** The text so far, once it has more than ASCII. */
  #wide: string | undefined
  /** What waits for its turn: the first long string, and all that was replaced behind it. */
  #waiting: Part[] | undefined

  /** `codes` are the units of `text`. */
  constructor(text: string, codes: Uint16Array) {
    this.#text = text
    this.#codes = codes
  }

  replace(from: number, to: number, by: string): void {
    if (this.#waiting === undefined) this.#replace(from, to, by)
    else this.#waiting.push({ from, to, by })
  }

  /** Canonical escapes are written into this string when the text is finished. */
  rewriteLater(string: LongString): void {
    this.#waiting ??= []
    this.#waiting.push(string)
  }

  /** The text with all that was replaced; the very same string where nothing was. Throws NotStrictJson. */
  finish(): string {
    return atOnce(this.finishSteps())
  }

  /** The same, in steps: somebody else may have a turn after each piece of a long string. */
  *finishSteps(): Generator<void, string> {
    for (const part of this.#waiting ?? []) {
      if ('by' in part) this.#replace(part.from, part.to, part.by)
      else
        for (const { from, to, by } of rewrittenPieces(this.#text, part)) {
          if (by !== this.#text.slice(from, to)) this.#replace(from, to, by)
          yield
        }
    }
    if (this.#settled === 0) return this.#text
    this.#keep(this.#text.length)
    return this.#wide ?? this.#ascii()
  }

  #replace(from: number, to: number, by: string): void {
    this.#keep(from)
    this.#settled = to
    if (by !== '') this.#write(by)
  }

  #keep(end: number): void {
    const codes = this.#codes
    let at = this.#settled
    if (this.#wide === undefined) {
      this.#bytes ??= Buffer.allocUnsafe(this.#text.length)
      const bytes = this.#bytes
      let length = this.#length
      for (let code = codes[at] as number; at < end && code < 0x80; code = codes[at] as number) {
        bytes[length++] = code
        at++
      }
      this.#length = length
      if (at === end) return
      this.#wide = this.#ascii()
    }
    this.#wide += this.#text.slice(at, end)
  }

  #write(text: string): void {
    if (this.#wide === undefined && ASCII.test(text))
      this.#length += this.#bytes?.write(text, this.#length, 'latin1') ?? 0
    else this.#wide = (this.#wide ?? this.#ascii()) + text
  }

  #ascii(): string {
    return this.#bytes?.toString('latin1', 0, this.#length) ?? ''
  }
}

const ASCII = /^[\0-\x7f]*$/
