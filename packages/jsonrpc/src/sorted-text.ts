import { codeUnits } from './code-units.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/**
 * The value that starts at `start` of canonical text, with every object's keys in RFC 8785 order (by UTF-16 units).
 * Everything else stays, number lexemes too: 1 and 1.0 are different texts and have different digests. `omit` names a
 * member of the outermost object to leave out.
 */
export function sortedText(canonical: string, start = 0, omit?: string): string {
  const sorter = new Sorter(canonical)
  const end = sorter.value(start, omit)
  return sorter.rewritten ?? canonical.slice(start, end)
}

/** One pass over canonical text, which is not checked again. Methods take where they start and return where they end. */
class Sorter {
  /** The text of the value read last, where it is not the one that stands there. */
  rewritten: string | undefined
  readonly #text: string
  readonly #codes: Uint16Array

  constructor(text: string) {
    this.#text = text
    this.#codes = codeUnits(text)
  }

  value(at: number, omit?: string): number {
    const code = this.#codes[at]
    if (code === OPEN_BRACE) return this.#object(at, omit)
    if (code === OPEN_BRACKET) return this.#array(at)
    this.rewritten = undefined
    return code === QUOTE ? this.#string(at) : this.#scalar(at)
  }

  #object(start: number, omit: string | undefined): number {
    const codes = this.#codes
    const members: Member[] = []
    let unchanged = true
    let last: Member | undefined
    let at = start + 1
    while (codes[at] === QUOTE) {
      const colon = this.#string(at)
      const end = this.value(colon + 1)
      const key = unquote(this.#text, at, colon)
      const { rewritten } = this
      if (rewritten !== undefined || key === omit || (last !== undefined && key < last.key)) unchanged = false
      if (key !== omit) {
        last = { key, at, colon, end, rewritten }
        members.push(last)
      }
      at = codes[end] === COMMA ? end + 1 : end
    }
    this.rewritten = unchanged ? undefined : this.#write(members)
    return at + 1
  }

  #write(members: Member[]): string {
    members.sort((a, b) => (a.key < b.key ? -1 : 1))
    let text = '{'
    for (const { at, colon, end, rewritten } of members) {
      if (text.length > 1) text += ','
      text +=
        rewritten === undefined ? this.#text.slice(at, end) : this.#text.slice(at, colon + 1) + rewritten
    }
    return `${text}}`
  }

  #array(start: number): number {
    const codes = this.#codes
    let text = ''
    let settled = start
    let at = start + 1
    while (codes[at] !== CLOSE_BRACKET) {
      const end = this.value(at)
      if (this.rewritten !== undefined) {
        text += this.#text.slice(settled, at) + this.rewritten
        settled = end
      }
      at = codes[end] === COMMA ? end + 1 : end
    }
    this.rewritten = settled === start ? undefined : text + this.#text.slice(settled, at + 1)
    return at + 1
  }

  #string(start: number): number {
    const codes = this.#codes
    let at = start + 1
    let code = codes[at]
    while (code !== QUOTE) {
      while (code === BACKSLASH) {
        at += 2
        code = codes[at]
      }
      while (code !== QUOTE && code !== BACKSLASH) code = codes[++at]
    }
    return at + 1
  }

  #scalar(start: number): number {
    const codes = this.#codes
    const length = this.#text.length
    let at = start
    for (
      let code = codes[at];
      code !== COMMA && code !== CLOSE_BRACE && code !== CLOSE_BRACKET;
      code = codes[at]
    )
      if (++at >= length) return length
    return at
  }
}

interface Member {
  readonly key: string
  readonly at: number
  readonly colon: number
  readonly end: number
  readonly rewritten: string | undefined
}

function unquote(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1)
  return raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw
}
