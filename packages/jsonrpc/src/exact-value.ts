import { NumberLexeme } from '@sallyport/runtime'
import { endOfString } from './canonical-text.ts'
import type { DecodedJson } from './decode-json.ts'
import { beginsNumber } from './lexemes.ts'

/** A value of JSON in which no number has lost anything. */
export type ExactJson =
  | null
  | boolean
  | number
  | string
  | NumberLexeme
  | readonly ExactJson[]
  | { readonly [key: string]: ExactJson }

interface Exactly extends Pick<DecodedJson, 'value' | 'canonical'> {
  readonly rounded?: boolean
}

/** The value of a text that was decoded, with its numbers as they stand in the text. */
export function exactly({ value, canonical, rounded }: Exactly): ExactJson {
  return rounded ? exactValue(canonical) : value
}

/**
 * Reads canonical text, as decodeJson yields it, which is not checked again. Numbers that JavaScript would write
 * differently are NumberLexemes. It takes a few times as long as JSON.parse: for texts that have such numbers.
 */
export function exactValue(canonical: string): ExactJson {
  return new ExactReader(canonical).value()
}

const NUMBER = /[-+.0-9eE]+/y

class ExactReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): ExactJson {
    const first = this.#text[this.#at]
    if (first === '"') return this.#string()
    if (first === '{') return this.#object()
    if (first === '[') return this.#array()
    if (beginsNumber(this.#text.charCodeAt(this.#at))) return this.#number()
    return this.#literal(first === 't' ? true : first === 'f' ? false : null)
  }

  #object(): ExactJson {
    const object: Record<string, ExactJson> = {}
    this.#at++
    while (this.#text[this.#at] !== '}') {
      if (this.#text[this.#at] === ',') this.#at++
      const key = this.#string()
      this.#at++
      const value = this.value()
      if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true })
      else object[key] = value
    }
    this.#at++
    return object
  }

  #array(): ExactJson {
    const array: ExactJson[] = []
    this.#at++
    while (this.#text[this.#at] !== ']') {
      if (this.#text[this.#at] === ',') this.#at++
      array.push(this.value())
    }
    this.#at++
    return array
  }

  #string(): string {
    const start = this.#at
    this.#at = endOfString(this.#text, start)
    const token = this.#text.slice(start, this.#at)
    return token.includes('\\') ? JSON.parse(token) : token.slice(1, -1)
  }

  #number(): number | NumberLexeme {
    NUMBER.lastIndex = this.#at
    const lexeme = NUMBER.exec(this.#text)?.[0] ?? ''
    this.#at += lexeme.length
    const number = Number(lexeme)
    return String(number) === lexeme ? number : new NumberLexeme(lexeme)
  }

  #literal(value: boolean | null): boolean | null {
    this.#at += String(value).length
    return value
  }
}
