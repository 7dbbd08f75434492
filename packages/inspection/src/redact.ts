import { NumberLexeme, pointerOf } from '@sallyport/runtime'
import type { Finding, Severity } from './finding.ts'
import { jsonStringBytes } from './json-bytes.ts'
import type { JsonValue } from './json-value.ts'
import { DEFAULT_LIMITS, type RedactionLimits, WHOLE } from './limits.ts'
import { type FindByPlace, type Mask, marker, type RedactedText, redactText } from './redact-text.ts'
import { findUnderKey, isSecretFlag, isSecretKey } from './secrets/secret-keys.ts'
import { secretRunsBelow } from './secrets/secret-runs.ts'

/** A copy fit to be stored, and what was taken out of it. */
export interface Redacted {
  readonly value: JsonValue
  readonly redactions: readonly Finding[]
  /** Set where `value` has numbers that JavaScript would write differently (NumberLexeme): its JSON text has them. */
  readonly exact?: true
}

/** A leaf of a value. Every text that a person has to see is in one of them. */
export interface Part {
  /** JSON pointer (RFC 6901). */
  readonly place: string
  readonly kind: 'string' | 'number' | 'boolean' | 'null' | 'empty'
  /** With markers for secrets. */
  readonly text: string
  readonly masks: readonly Mask[]
  /** Without. */
  readonly original: string
}

/**
 * A bounded copy of a JSON value without the secrets that keys or shapes give away. Never throws: a value that cannot
 * be read is replaced as a whole. A text that is cut off ends in `…`. Beyond 100 entries and 16 levels nothing is
 * kept, so nothing is inspected. Under the defaults the copy's JSON takes less than 16 KiB.
 */
export function redact(value: unknown, limits: Partial<RedactionLimits> = {}): Redacted {
  return walked(new Walk({ ...DEFAULT_LIMITS, ...limits }), value)
}

/** The same of a value of which nothing may be cut off, with its parts in their order. */
export function redactWhole(value: unknown): Redacted & { readonly parts: readonly Part[] } {
  const parts: Part[] = []
  return { ...walked(new Walk(WHOLE, (part) => parts.push(part)), value), parts }
}

function walked(walk: Walk, value: unknown): Redacted {
  try {
    const copy = { value: walk.copy(value, 0), redactions: walk.findings }
    return walk.exact ? { ...copy, exact: true } : copy
  } catch {
    const finding: Finding = { kind: 'unreadable', rule: 'shape.unreadable', place: '', severity: 'medium' }
    return { value: '[redacted:unreadable]', redactions: [finding] }
  }
}

const CUT = '…'
const CUT_BYTES = 5
/** Brackets, and the entry that says how many more there were: kept back when a container is opened. */
const CONTAINER_BYTES = 48
const LONGEST_PLACE = 256
/** Enough to show 512 characters with the margin that redactText leaves at the end of a window. */
const SMALL_WINDOW = 4096

const findBelow: FindByPlace = (text) => secretRunsBelow(text, 'key')

/** Every call of `copy` finds at least CUT_BYTES left: whoever adds an entry made sure of it. */
class Walk {
  readonly findings: Finding[] = []
  /** Whether a number is in the copy that JavaScript would write differently. */
  exact = false
  readonly #limits: RedactionLimits
  readonly #onPart: ((part: Part) => void) | undefined
  readonly #path: (string | number)[] = []
  #bytesLeft: number
  #scansLeft: number

  constructor(limits: RedactionLimits, onPart?: (part: Part) => void) {
    this.#limits = limits
    this.#onPart = onPart
    this.#bytesLeft = limits.bytes
    this.#scansLeft = limits.scannedCharactersInAll
  }

  /** `byPlace`: how to find the secret in a value that stands where one is expected. */
  copy(value: unknown, depth: number, byPlace?: FindByPlace): JsonValue {
    switch (typeof value) {
      case 'string':
        return this.#string(this.#text(value, byPlace))
      case 'number':
        return byPlace === undefined ? this.#number(value) : this.#masked(String(value))
      case 'boolean':
        return this.#plain(value)
      case 'bigint':
        return this.#string(this.#text(value.toString(), byPlace))
      case 'object':
        if (value === null) return this.#plain(null)
        if (value instanceof NumberLexeme)
          return byPlace === undefined ? this.#lexeme(value) : this.#masked(value.text)
        return this.#container(value, depth, byPlace === undefined ? undefined : findBelow)
      default:
        return this.#plain(null)
    }
  }

  #container(value: object, depth: number, below: FindByPlace | undefined): JsonValue {
    if (depth >= this.#limits.depth) return this.#string('…(too deep)')
    if (this.#bytesLeft < CONTAINER_BYTES) return this.#string(CUT)
    this.#bytesLeft -= CONTAINER_BYTES
    return Array.isArray(value) ? this.#array(value, depth, below) : this.#object(value, depth, below)
  }

  #array(list: readonly unknown[], depth: number, below: FindByPlace | undefined): JsonValue {
    if (list.length === 0) this.#part('empty', '[]')
    const copy: JsonValue[] = []
    for (const value of list.slice(0, this.#limits.entries)) {
      if (!this.#spend(1, CUT_BYTES)) break
      const flag = list[copy.length - 1]
      const isSecret = isSecretFlag(flag) && isSecretKey('secret', value)
      this.#path.push(copy.length)
      copy.push(this.copy(value, depth + 1, isSecret ? findUnderKey(String(flag)) : below))
      this.#path.pop()
    }
    if (copy.length < list.length) copy.push(`…(+${list.length - copy.length} entries)`)
    return copy
  }

  #object(object: object, depth: number, below: FindByPlace | undefined): JsonValue {
    const copy: Record<string, JsonValue> = {}
    const entries = object as Readonly<Record<string, unknown>>
    const keys = Object.keys(object)
    if (keys.length === 0) this.#part('empty', '{}')
    const title = titleOf(entries)
    let kept = 0
    for (const key of keys.slice(0, this.#limits.entries)) {
      const value = entries[key]
      const shown = unused(copy, this.#redacted(key, this.#limits.keyCharacters).text)
      if (!this.#spend(jsonStringBytes(shown) + 2, CUT_BYTES)) break
      const name = isSecretKey(key, plain(value)) ? key : key === 'value' ? title : null
      const isSecret = name !== null && isSecretKey(name, plain(value))
      this.#path.push(shown)
      define(copy, shown, this.copy(value, depth + 1, isSecret ? findUnderKey(name) : below))
      this.#path.pop()
      kept++
    }
    if (kept < keys.length) define(copy, unused(copy, CUT), `(+${keys.length - kept} entries)`)
    return copy
  }

  #text(text: string, byPlace: FindByPlace | undefined): string {
    const redacted = this.#redacted(text, this.#limits.stringCharacters, byPlace)
    this.#part('string', redacted.text, redacted.masks, text)
    return redacted.text
  }

  /** A number where a secret is expected. */
  #masked(text: string): JsonValue {
    this.#report('key', 'low')
    const mask = marker('key', text.length)
    this.#part('number', mask, [{ start: 0, end: mask.length, kind: 'key', characters: text.length }], text)
    return this.#string(mask)
  }

  #number(value: number): JsonValue {
    // One of JSON's is a NumberLexeme if it is -0: what is here would not survive being stored.
    return this.#plain(Number.isFinite(value) ? value + 0 : null)
  }

  #lexeme(value: NumberLexeme): JsonValue {
    if (!this.#spend(value.text.length)) return this.#string(CUT)
    this.exact = true
    this.#part('number', value.text)
    return value as unknown as JsonValue
  }

  #redacted(text: string, keep: number, byPlace?: FindByPlace): RedactedText {
    const { scannedCharacters } = this.#limits
    const window = this.#scansLeft > 0 ? scannedCharacters : Math.min(SMALL_WINDOW, scannedCharacters)
    const redacted = redactText(text, keep, window, byPlace)
    this.#scansLeft -= redacted.scanned
    for (const { kind, severity } of redacted.secrets) this.#report(kind, severity)
    return redacted
  }

  #report(kind: string, severity: Severity): void {
    if (this.findings.length >= this.#limits.findings) return
    this.findings.push({ kind, rule: `secret.${kind}`, place: pointer(this.#path), severity })
  }

  #part(kind: Part['kind'], text: string, masks: readonly Mask[] = NONE, original = text): void {
    this.#onPart?.({ place: pointerOf(this.#path), kind, text, masks, original })
  }

  #string(text: string): string {
    if (this.#spend(jsonStringBytes(text))) return text
    this.#spend(CUT_BYTES)
    return CUT
  }

  #plain(value: number | boolean | null): JsonValue {
    if (!this.#spend(String(value).length)) return this.#string(CUT)
    this.#part(value === null ? 'null' : typeof value === 'number' ? 'number' : 'boolean', String(value))
    return value
  }

  /** Takes the bytes if they are there and `spare` more would be left. */
  #spend(bytes: number, spare = 0): boolean {
    if (this.#bytesLeft < bytes + spare) return false
    this.#bytesLeft -= bytes
    return true
  }
}

const NONE: readonly Mask[] = []

/** A lexeme is a number like any other. */
function plain(value: unknown): unknown {
  return value instanceof NumberLexeme ? 0 : value
}

/** `{"name": "Authorization", "value": …}`: the name of a header or variable that stands beside its value. */
function titleOf(entries: Record<string, unknown>): string | null {
  if (!('value' in entries)) return null
  const title = [entries['name'], entries['key'], entries['header']].find((one) => typeof one === 'string')
  return title ?? null
}

/** Two keys may become the same when they are redacted or cut. */
function unused(copy: object, key: string): string {
  if (!Object.hasOwn(copy, key)) return key
  for (let n = 2; ; n++) if (!Object.hasOwn(copy, `${key}#${n}`)) return `${key}#${n}`
}

/** Defined and not assigned: `__proto__` is a key like any other. */
function define(copy: object, key: string, value: JsonValue): void {
  if (key !== '__proto__') Object.assign(copy, { [key]: value })
  else Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true })
}

function pointer(path: readonly (string | number)[]): string {
  const place = pointerOf(path)
  return place.length > LONGEST_PLACE ? `${place.slice(0, LONGEST_PLACE)}…`.toWellFormed() : place
}
