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
 *
 * Every method that reads takes the position it starts at and returns the one it ends at.
 */
export class Scanner {
  private readonly text: string
  private readonly maxDepth: number
  /** The key or index the scan is at in each open container; undefined before an object's first key. */
  private readonly path: (string | number | undefined)[] = []
  private depth = 0
  /** Keys seen in every open object, an object's own from its base on: one array, since most are small. */
  private readonly keys: string[] = []
  private keysEnd = 0
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
    const end = this.whitespace(this.value(this.whitespace(0)))
    if (end < this.text.length) this.fail('trailing-data')
    return this.settled === 0 ? this.text : this.written + this.text.slice(this.settled)
  }

  private value(at: number): number {
    const code = this.text.charCodeAt(at)
    if (code === QUOTE) return this.string(at)
    if (code === OPEN_BRACE) return this.object(at)
    if (code === OPEN_BRACKET) return this.array(at)
    if (code === MINUS || (code >= ZERO && code <= NINE)) return this.number(at)
    return this.literal(at)
  }

  private object(start: number): number {
    const { text } = this
    const level = this.enter()
    const base = this.keysEnd
    let many: Set<string> | undefined
    let at = this.whitespace(start + 1)
    if (this.text.charCodeAt(at) === CLOSE_BRACE) return this.leave(at)
    for (;;) {
      if (this.text.charCodeAt(at) !== QUOTE) this.unexpected(at)
      const end = this.string(at)
      const raw = text.slice(at + 1, end - 1)
      const key = raw.includes('\\') ? this.unescape(at, end) : raw
      this.path[level] = key
      if (key === '__proto__' || key === 'constructor' || key === 'prototype') this.fail('unsafe-key')
      // Only an escape can have made a NUL.
      if (key !== raw && key.includes('\0')) this.fail('nul-in-key')
      if (many === undefined ? this.hasKey(key, base) : many.has(key)) this.fail('duplicate-key')
      if (many === undefined) {
        this.keys[this.keysEnd++] = key
        if (this.keysEnd - base === FEW_KEYS) many = new Set(this.keys.slice(base, this.keysEnd))
      } else many.add(key)
      at = this.whitespace(end)
      if (this.text.charCodeAt(at) !== COLON) this.unexpected(at)
      at = this.whitespace(this.value(this.whitespace(at + 1)))
      const code = this.text.charCodeAt(at)
      if (code === CLOSE_BRACE) break
      if (code !== COMMA) this.unexpected(at)
      at = this.whitespace(at + 1)
    }
    this.keysEnd = base
    return this.leave(at)
  }

  private hasKey(key: string, base: number): boolean {
    for (let i = base; i < this.keysEnd; i++) {
      if (this.keys[i] === key) return true
    }
    return false
  }

  private array(start: number): number {
    const level = this.enter()
    let at = this.whitespace(start + 1)
    if (this.text.charCodeAt(at) === CLOSE_BRACKET) return this.leave(at)
    for (let index = 0; ; index++) {
      this.path[level] = index
      at = this.whitespace(this.value(at))
      const code = this.text.charCodeAt(at)
      if (code === CLOSE_BRACKET) return this.leave(at)
      if (code !== COMMA) this.unexpected(at)
      at = this.whitespace(at + 1)
    }
  }

  private enter(): number {
    const level = this.depth++
    this.path[level] = undefined
    if (level >= this.maxDepth) this.fail('depth')
    return level
  }

  private leave(at: number): number {
    this.depth--
    return at + 1
  }

  private string(start: number): number {
    const { text } = this
    let rewrite = false
    let at = start + 1
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) break
      if (code === BACKSLASH) {
        rewrite = this.escape(at) || rewrite
        at += 2
      } else if (code >= 0x20) at++
      else this.fail(at < text.length ? 'control-character' : 'unexpected-end')
    }
    if (rewrite) this.rewriteString(start, at + 1)
    return at + 1
  }

  /** Checks the escape whose backslash is at `at`; true if canonical text may write it differently. */
  private escape(at: number): boolean {
    switch (this.text.charCodeAt(at + 1)) {
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
        return this.fail(at + 1 < this.text.length ? 'invalid-escape' : 'unexpected-end')
    }
  }

  private rewriteString(start: number, end: number): void {
    const value = this.unescape(start, end)
    // The text is well-formed UTF-16, so a lone surrogate can only have come from an escape.
    if (!value.isWellFormed()) this.fail('lone-surrogate')
    const canonical = JSON.stringify(value)
    if (canonical !== this.text.slice(start, end)) this.replace(start, end, canonical)
  }

  private unescape(start: number, end: number): string {
    try {
      return String(JSON.parse(this.text.slice(start, end)))
    } catch {
      // No cause: V8's message quotes the text.
      return this.fail('invalid-escape')
    }
  }

  private number(start: number): number {
    const { text } = this
    let at = start
    if (text.charCodeAt(at) === MINUS) at++
    at = text.charCodeAt(at) === ZERO ? at + 1 : this.digits(at)
    if (text.charCodeAt(at) === DOT) at = this.digits(at + 1)
    const code = text.charCodeAt(at)
    const exponent = code === 0x65 || code === 0x45
    if (exponent) {
      const sign = text.charCodeAt(at + 1)
      at = this.digits(sign === PLUS || sign === MINUS ? at + 2 : at + 1)
    }
    const length = at - start
    if (length > MAX_NUMBER_LENGTH) this.fail('number-length')
    if (!exponent && length < ALWAYS_FINITE_LENGTH) return at
    if (!Number.isFinite(Number(text.slice(start, at)))) this.fail('number-range')
    return at
  }

  private digits(start: number): number {
    const { text } = this
    let at = start
    let code = text.charCodeAt(at)
    if (!(code >= ZERO && code <= NINE)) this.unexpected(at)
    while (code >= ZERO && code <= NINE) code = text.charCodeAt(++at)
    return at
  }

  private literal(at: number): number {
    const { text } = this
    if (text.startsWith('true', at) || text.startsWith('null', at)) return at + 4
    if (text.startsWith('false', at)) return at + 5
    return this.unexpected(at)
  }

  private whitespace(start: number): number {
    const { text } = this
    let at = start
    let code = text.charCodeAt(at)
    // Written so that NaN, the code beyond the end, returns here too.
    if (!(code <= 0x20)) return at
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = text.charCodeAt(++at)
    if (at > start) this.replace(start, at, '')
    return at
  }

  private replace(from: number, to: number, by: string): void {
    if (from > this.settled) this.written += this.text.slice(this.settled, from)
    this.written += by
    this.settled = to
  }

  private unexpected(at: number): never {
    return this.fail(at < this.text.length ? 'unexpected-character' : 'unexpected-end')
  }

  private fail(rule: StrictJsonRule): never {
    throw new NotStrictJson(rule, jsonPointer(this.path.slice(0, this.depth)))
  }
}
