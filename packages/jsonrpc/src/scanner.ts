import { endOfString } from './canonical-text.ts'
import { codeUnits, isShared } from './code-units.ts'
import { NotStrictJson, type StrictJsonRule } from './errors.ts'
import type { JsonLimits } from './json-limits.ts'
import { jsonPointer } from './json-pointer.ts'
import { beginsNumber, endOfNumber, isSurelyExact, mayOverflow } from './lexemes.ts'
import { JsonKeyTooLong, JsonStringTooLong, JsonTooDeep, JsonTooManyMembers } from './limit-errors.ts'
import { ObjectKeys } from './object-keys.ts'
import { StringLexemes } from './string-lexemes.ts'
import { canonicalString, stringIn } from './string-token.ts'
import { TextWriter } from './text-writer.ts'

// Each file that scans has its own: an imported constant made decoding 5 to 15 % slower.
const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Peers read longer lexemes in quadratic time, or refuse them (CPython stops at 4,300 digits). */
const MAX_NUMBER_LENGTH = 1024

const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** In `path`, for an object whose first key was not read yet. */
const NO_KEY = -0x80000000

/**
 * One pass over a well-formed string: checks what `JSON.parse` hides and yields the canonical text: no
 * whitespace, strings escaped only where they must be, number lexemes and key order as they were.
 *
 * Every method that reads takes the position it starts at and returns the one it ends at.
 */
export class Scanner {
  readonly #text: string
  readonly #codes: Uint16Array
  readonly #limits: Required<JsonLimits>
  /** Where the scan is in each open container: an element's index, or `~position` of a key's token. */
  readonly #path: Int32Array
  #depth = 0
  #members = 0
  #newKeys = 0
  readonly #keys: ObjectKeys[] = []
  readonly #strings: StringLexemes
  readonly #writer: TextWriter
  #rounds = false
  /** The string that was last looked at for its escapes, and where it stands. */
  #rewrittenAt = -1
  #rewritten = ''

  constructor(text: string, limits: Required<JsonLimits>) {
    this.#text = text
    this.#codes = codeUnits(text)
    this.#strings = new StringLexemes(this.#codes, text.length, (rule) => this.#fail(rule))
    this.#writer = new TextWriter(text, this.#codes)
    this.#limits = limits
    this.#path = new Int32Array(limits.maxDepth + 1)
  }

  /** Whether its units are in a buffer of its own, so that it may wait before it scans. */
  get ownsUnits(): boolean {
    return !isShared(this.#codes)
  }

  /** The canonical text; the very same string where it was canonical already. Throws NotStrictJson. */
  scan(): string {
    this.#pass()
    return this.#writer.finish()
  }

  /** The same; long strings with escapes are written between turns of somebody else. */
  *scanSteps(): Generator<void, string> {
    this.#pass()
    yield
    return yield* this.#writer.finishSteps()
  }

  #pass(): void {
    if (this.#codes[0] === 0xfeff) this.#fail('bom')
    const end = this.#whitespace(this.#value(this.#whitespace(0)))
    if (end < this.#text.length) this.#fail('trailing-data')
  }

  /** Whether JavaScript writes some number differently from how it stands in what was scanned. */
  get rounds(): boolean {
    return this.#rounds
  }

  #value(at: number): number {
    const code = this.#codes[at] as number
    if (code === QUOTE) return this.#boundedString(at)
    if (code === OPEN_BRACE) return this.#object(at)
    if (code === OPEN_BRACKET) return this.#array(at)
    if (beginsNumber(code)) return this.#number(at)
    return this.#literal(at)
  }

  #object(start: number): number {
    const codes = this.#codes
    const level = this.#enter(NO_KEY)
    let at = this.#whitespace(start + 1)
    if (codes[at] === CLOSE_BRACE) return this.#leave(at)
    const keys = this.#keysAt(level)
    for (let index = 0; ; index++) {
      if (codes[at] !== QUOTE) this.#unexpected(at)
      const repeated = keys.endOfRepeated(codes, at, index)
      const end = repeated === 0 ? this.#key(at, index, keys) : repeated
      this.#path[level] = ~at
      this.#count()
      at = this.#whitespace(end)
      if (codes[at] !== COLON) this.#unexpected(at)
      at = this.#whitespace(this.#value(this.#whitespace(at + 1)))
      const code = codes[at]
      if (code === CLOSE_BRACE) return this.#leave(at)
      if (code !== COMMA) this.#unexpected(at)
      at = this.#whitespace(at + 1)
    }
  }

  #keysAt(level: number): ObjectKeys {
    let keys = this.#keys[level]
    if (keys === undefined) {
      keys = new ObjectKeys()
      this.#keys[level] = keys
    }
    keys.begin()
    return keys
  }

  /** A key that the last object did not have in its place. */
  #key(at: number, index: number, keys: ObjectKeys): number {
    if (++this.#newKeys > this.#limits.maxKeys) this.#tooManyKeys()
    const end = this.#strings.endAt(at)
    const { maxKeyLength } = this.#limits
    if (end - at - 2 > maxKeyLength) throw new JsonKeyTooLong(maxKeyLength, this.#place())
    if (this.#strings.mayRewrite) this.#rewriteString(at, end)
    const raw = this.#text.slice(at + 1, end - 1)
    const key = raw.includes('\\') ? this.#keyText(at, end) : raw
    this.#path[this.#depth - 1] = ~at
    if (!this.#limits.prototypeKeys && PROTOTYPE_KEYS.has(key)) this.#fail('unsafe-key')
    // Only an escape can have made a NUL.
    if (key !== raw && key.includes('\0')) this.#fail('nul-in-key')
    if (!keys.add(this.#text, key, index)) this.#fail('duplicate-key')
    if (key === raw) keys.remember(at, end, index)
    return end
  }

  #tooManyKeys(): never {
    throw new JsonTooManyMembers(
      this.#limits.maxKeys,
      'members whose key the object before did not have in its place',
    )
  }

  #array(start: number): number {
    const codes = this.#codes
    const level = this.#enter(0)
    let at = this.#whitespace(start + 1)
    if (codes[at] === CLOSE_BRACKET) return this.#leave(at)
    for (let index = 0; ; index++) {
      this.#path[level] = index
      this.#count()
      at = this.#whitespace(this.#value(at))
      const code = codes[at]
      if (code === CLOSE_BRACKET) return this.#leave(at)
      if (code !== COMMA) this.#unexpected(at)
      at = this.#whitespace(at + 1)
    }
  }

  #enter(place: number): number {
    const level = this.#depth++
    if (level >= this.#limits.maxDepth) {
      this.#depth = level
      throw new JsonTooDeep(this.#limits.maxDepth, this.#place())
    }
    this.#path[level] = place
    return level
  }

  #leave(at: number): number {
    this.#depth--
    return at + 1
  }

  #count(): void {
    if (++this.#members > this.#limits.maxMembers) throw new JsonTooManyMembers(this.#limits.maxMembers)
  }

  #boundedString(start: number): number {
    const end = this.#strings.endAt(start)
    const { maxStringLength } = this.#limits
    if (end - start - 2 > maxStringLength) throw new JsonStringTooLong(maxStringLength, this.#place())
    const { mayRewrite, cuts } = this.#strings
    if (!mayRewrite) return end
    if (cuts.length === 0) this.#rewriteString(start, end)
    else this.#writer.rewriteLater({ start, end, cuts, place: this.#place() })
    return end
  }

  /** An escape that had to be written differently was read for that already. */
  #keyText(start: number, end: number): string {
    return this.#rewrittenAt === start ? this.#rewritten : this.#unescape(start, end)
  }

  #rewriteString(start: number, end: number): void {
    const token = this.#text.slice(start, end)
    const value = this.#unescape(start, end)
    this.#rewrittenAt = start
    this.#rewritten = value
    const canonical = canonicalString(value) ?? this.#fail('lone-surrogate')
    if (canonical !== token) this.#writer.replace(start, end, canonical)
  }

  #unescape(start: number, end: number): string {
    const value = stringIn(this.#text.slice(start, end))
    return value ?? this.#fail('invalid-escape')
  }

  #number(start: number): number {
    const end = endOfNumber(this.#codes, start)
    if (end < 0) return this.#unexpected(~end)
    if (isSurelyExact(this.#codes, start, end)) return end
    if (end - start > MAX_NUMBER_LENGTH) this.#fail('number-length')
    if (this.#rounds && !mayOverflow(this.#codes, start, end)) return end
    const lexeme = this.#text.slice(start, end)
    const number = Number(lexeme)
    if (!Number.isFinite(number)) this.#fail('number-range')
    if (String(number) !== lexeme) this.#rounds = true
    return end
  }

  #literal(at: number): number {
    const text = this.#text
    if (text.startsWith('true', at) || text.startsWith('null', at)) return at + 4
    if (text.startsWith('false', at)) return at + 5
    return this.#unexpected(at)
  }

  #whitespace(start: number): number {
    const codes = this.#codes
    let at = start
    let code = codes[at] as number
    if (code > 0x20) return at
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = codes[++at] as number
    if (at > start) this.#writer.replace(start, at, '')
    return at
  }

  #unexpected(at: number): never {
    return this.#fail(at < this.#text.length ? 'unexpected-character' : 'unexpected-end')
  }

  #fail(rule: StrictJsonRule): never {
    throw new NotStrictJson(rule, this.#place())
  }

  #place(): string {
    const open = Array.from(this.#path.subarray(0, this.#depth))
    return jsonPointer(open.map((at) => (at >= 0 ? at : this.#keyAt(at))))
  }

  #keyAt(entry: number): string | undefined {
    if (entry === NO_KEY) return undefined
    return String(JSON.parse(this.#text.slice(~entry, endOfString(this.#text, ~entry))))
  }
}
