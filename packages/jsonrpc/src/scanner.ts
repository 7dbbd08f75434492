import { NotStrictJson, type StrictJsonRule } from './errors.ts'
import { jsonPointer } from './json-pointer.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const MINUS = 0x2d
const PLUS = 0x2b
const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Above this many keys a set finds a repeated one faster than comparing each. */
const FEW_KEYS = 12

/** Peers read longer lexemes in quadratic time, or refuse them (CPython stops at 4,300 digits). */
const MAX_NUMBER_LENGTH = 1024

/** A double holds any integer of this many digits, so the lexeme needs no range check. */
const ALWAYS_FINITE_LENGTH = 300

/**
 * One pass over a well-formed string: checks what `JSON.parse` hides and yields the canonical text: no
 * whitespace, strings escaped only where they must be, number lexemes and key order as they were.
 */
export class Scanner {
  private readonly text: string
  private readonly maxDepth: number
  private readonly path: (string | number)[] = []
  private at = 0
  private depth = 0
  private written = ''
  /** Up to here the text is in `written` or was dropped; what follows is taken over unchanged. */
  private settled = 0

  constructor(text: string, maxDepth: number) {
    this.text = text
    this.maxDepth = maxDepth
  }

  /** The canonical text; the very same string where it was canonical already. Throws NotStrictJson. */
  scan(): string {
    if (this.text.charCodeAt(0) === 0xfeff) this.fail('bom')
    this.skipWhitespace()
    this.value()
    this.skipWhitespace()
    if (this.at < this.text.length) this.fail('trailing-data')
    return this.settled === 0 ? this.text : this.written + this.text.slice(this.settled)
  }

  private value(): void {
    const code = this.text.charCodeAt(this.at)
    if (code === QUOTE) this.string()
    else if (code === OPEN_BRACE) this.object()
    else if (code === OPEN_BRACKET) this.array()
    else if (code === MINUS || (code >= ZERO && code <= NINE)) this.number()
    else this.literal()
  }

  private object(): void {
    const level = this.enter()
    if (this.closes(CLOSE_BRACE)) return
    const keys: string[] = []
    let many: Set<string> | undefined
    for (;;) {
      if (this.text.charCodeAt(this.at) !== QUOTE) this.unexpected()
      const key = this.string(true)
      this.path[level] = key
      if (key === '__proto__' || key === 'constructor' || key === 'prototype') this.fail('unsafe-key')
      if (many === undefined ? keys.includes(key) : many.has(key)) this.fail('duplicate-key')
      if (many !== undefined) many.add(key)
      else if (keys.push(key) === FEW_KEYS) many = new Set(keys)
      this.skipWhitespace()
      if (this.text.charCodeAt(this.at) !== COLON) this.unexpected()
      this.at++
      this.skipWhitespace()
      this.value()
      if (this.endsWith(CLOSE_BRACE)) return
    }
  }

  private array(): void {
    const level = this.enter()
    if (this.closes(CLOSE_BRACKET)) return
    for (let index = 0; ; index++) {
      this.path[level] = index
      this.value()
      if (this.endsWith(CLOSE_BRACKET)) return
    }
  }

  private enter(): number {
    const level = this.depth++
    if (level >= this.maxDepth) this.fail('depth')
    this.at++
    this.skipWhitespace()
    return level
  }

  /** Whether a container just entered is empty. */
  private closes(close: number): boolean {
    if (this.text.charCodeAt(this.at) !== close) return false
    this.leave()
    return true
  }

  /** After a member: true at the end of its container, false after a comma. */
  private endsWith(close: number): boolean {
    this.skipWhitespace()
    const code = this.text.charCodeAt(this.at)
    if (code === COMMA) {
      this.at++
      this.skipWhitespace()
      return false
    }
    if (code !== close) this.unexpected()
    this.leave()
    return true
  }

  private leave(): void {
    this.at++
    this.depth--
    this.path.length = this.depth
  }

  private string(isKey: true): string
  private string(): void
  private string(isKey = false): string | undefined {
    const { text } = this
    const start = this.at
    let rewrite = false
    let escaped = false
    let i = start + 1
    for (;;) {
      const code = text.charCodeAt(i)
      if (code === QUOTE) break
      if (code === BACKSLASH) {
        escaped = true
        rewrite = this.escape(i) || rewrite
        i += 2
      } else if (code >= 0x20) i++
      else {
        this.at = i
        this.fail(i < text.length ? 'control-character' : 'unexpected-end')
      }
    }
    this.at = i + 1
    if (rewrite) return this.rewriteString(start)
    if (!isKey) return undefined
    return escaped ? this.unescape(start) : text.slice(start + 1, i)
  }

  /** Checks the escape whose backslash is at `i`; true if canonical text may write it differently. */
  private escape(i: number): boolean {
    switch (this.text.charCodeAt(i + 1)) {
      case QUOTE:
      case BACKSLASH:
      case 0x62: // b
      case 0x66: // f
      case 0x6e: // n
      case 0x72: // r
      case 0x74: // t
        return false
      case 0x2f: // a slash needs no escape
      case 0x75: // u: its digits are checked when the token is rewritten
        return true
      default:
        return this.fail(i + 1 < this.text.length ? 'invalid-escape' : 'unexpected-end')
    }
  }

  private rewriteString(start: number): string {
    const value = this.unescape(start)
    // The text is well-formed UTF-16, so a lone surrogate can only have come from an escape.
    if (!value.isWellFormed()) this.fail('lone-surrogate')
    const canonical = JSON.stringify(value)
    if (canonical.length !== this.at - start) this.replace(start, this.at, canonical)
    else if (!this.text.startsWith(canonical, start)) this.replace(start, this.at, canonical)
    return value
  }

  private unescape(start: number): string {
    try {
      return String(JSON.parse(this.text.slice(start, this.at)))
    } catch {
      // Not the cause: V8's message quotes the text.
      return this.fail('invalid-escape')
    }
  }

  private number(): void {
    const { text } = this
    const start = this.at
    let exponent = false
    if (text.charCodeAt(this.at) === MINUS) this.at++
    if (text.charCodeAt(this.at) === ZERO) this.at++
    else this.digits()
    if (text.charCodeAt(this.at) === DOT) {
      this.at++
      this.digits()
    }
    const code = text.charCodeAt(this.at)
    if (code === 0x65 || code === 0x45) {
      exponent = true
      this.at++
      const sign = text.charCodeAt(this.at)
      if (sign === PLUS || sign === MINUS) this.at++
      this.digits()
    }
    const length = this.at - start
    if (length > MAX_NUMBER_LENGTH) this.fail('number-length')
    if (!exponent && length < ALWAYS_FINITE_LENGTH) return
    if (!Number.isFinite(Number(text.slice(start, this.at)))) this.fail('number-range')
  }

  private digits(): void {
    const { text } = this
    let i = this.at
    let code = text.charCodeAt(i)
    if (!(code >= ZERO && code <= NINE)) this.unexpected()
    while (code >= ZERO && code <= NINE) code = text.charCodeAt(++i)
    this.at = i
  }

  private literal(): void {
    for (const word of ['true', 'false', 'null']) {
      if (!this.text.startsWith(word, this.at)) continue
      this.at += word.length
      return
    }
    this.unexpected()
  }

  private skipWhitespace(): void {
    const { text } = this
    let i = this.at
    let code = text.charCodeAt(i)
    if (!(code <= 0x20)) return
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = text.charCodeAt(++i)
    this.replace(this.at, i, '')
    this.at = i
  }

  private replace(from: number, to: number, by: string): void {
    if (from === to) return
    if (from > this.settled) this.written += this.text.slice(this.settled, from)
    this.written += by
    this.settled = to
  }

  private unexpected(): never {
    return this.fail(this.at < this.text.length ? 'unexpected-character' : 'unexpected-end')
  }

  private fail(rule: StrictJsonRule): never {
    throw new NotStrictJson(rule, jsonPointer(this.path))
  }
}
