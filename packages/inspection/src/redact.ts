import type { Finding } from './finding.ts'
import { jsonStringBytes } from './json-bytes.ts'
import type { JsonValue } from './json-value.ts'
import { DEFAULT_LIMITS, type RedactionLimits } from './limits.ts'
import { redactText } from './redact-text.ts'
import { isSecretFlag, isSecretKey } from './secret-keys.ts'

/** A copy fit to be stored, and what was taken out of it. */
export interface Redacted {
  readonly value: JsonValue
  readonly redactions: readonly Finding[]
}

/**
 * A bounded copy of a JSON value without the secrets that keys or shapes give away. Never throws: a value that cannot
 * be read is replaced as a whole. A text that is cut off ends in `…`. Beyond 100 entries and 16 levels nothing is
 * kept, so nothing is inspected. Under the defaults the copy's JSON takes less than 16 KiB.
 */
export function redact(value: unknown, limits: Partial<RedactionLimits> = {}): Redacted {
  const walk = new Walk({ ...DEFAULT_LIMITS, ...limits })
  try {
    return { value: walk.copy(value, 0), redactions: walk.findings }
  } catch {
    const finding: Finding = { kind: 'unreadable', rule: 'shape.unreadable', place: '', severity: 'medium' }
    return { value: '[redacted:unreadable]', redactions: [finding] }
  }
}

const CUT = '…'
const CUT_BYTES = 5
const SECRET = '[redacted:key]'
/** Brackets, and the entry that says how many more there were: kept back when a container is opened. */
const CONTAINER_BYTES = 48
const LONGEST_PLACE = 256
/** Enough to show 512 characters with the margin that redactText leaves at the end of a window. */
const SMALL_WINDOW = 4096

/** Every call of `copy` finds at least CUT_BYTES left: whoever adds an entry made sure of it. */
class Walk {
  readonly findings: Finding[] = []
  readonly #limits: RedactionLimits
  readonly #path: (string | number)[] = []
  #bytesLeft: number
  #scansLeft: number

  constructor(limits: RedactionLimits) {
    this.#limits = limits
    this.#bytesLeft = limits.bytes
    this.#scansLeft = limits.scannedCharactersInAll
  }

  copy(value: unknown, depth: number): JsonValue {
    switch (typeof value) {
      case 'string':
        return this.#string(this.#redacted(value, this.#limits.stringCharacters))
      case 'number':
        // JSON has one zero: -0 would not survive being stored.
        return this.#plain(Number.isFinite(value) ? value + 0 : null)
      case 'boolean':
        return this.#plain(value)
      case 'bigint':
        return this.#string(this.#redacted(value.toString(), this.#limits.stringCharacters))
      case 'object':
        return value === null ? this.#plain(null) : this.#container(value, depth)
      default:
        return this.#plain(null)
    }
  }

  #container(value: object, depth: number): JsonValue {
    if (depth >= this.#limits.depth) return this.#string('…(too deep)')
    if (this.#bytesLeft < CONTAINER_BYTES) return this.#string(CUT)
    this.#bytesLeft -= CONTAINER_BYTES
    return Array.isArray(value) ? this.#array(value, depth) : this.#object(value, depth)
  }

  #array(list: readonly unknown[], depth: number): JsonValue {
    const copy: JsonValue[] = []
    for (const value of list.slice(0, this.#limits.entries)) {
      if (!this.#spend(1, CUT_BYTES)) break
      const isSecret = isSecretFlag(list[copy.length - 1]) && isSecretKey('secret', value)
      this.#path.push(copy.length)
      copy.push(isSecret ? this.#secret() : this.copy(value, depth + 1))
      this.#path.pop()
    }
    if (copy.length < list.length) copy.push(`…(+${list.length - copy.length} entries)`)
    return copy
  }

  #object(object: object, depth: number): JsonValue {
    const copy: Record<string, JsonValue> = {}
    const entries = object as Readonly<Record<string, unknown>>
    const keys = Object.keys(object)
    const title = titleOf(entries)
    let kept = 0
    for (const key of keys.slice(0, this.#limits.entries)) {
      const value = entries[key]
      const shown = unused(copy, this.#redacted(key, this.#limits.keyCharacters))
      if (!this.#spend(jsonStringBytes(shown) + 2, CUT_BYTES)) break
      const isSecret =
        isSecretKey(key, value) || (key === 'value' && title !== null && isSecretKey(title, value))
      this.#path.push(shown)
      define(copy, shown, isSecret ? this.#secret() : this.copy(value, depth + 1))
      this.#path.pop()
      kept++
    }
    if (kept < keys.length) define(copy, unused(copy, CUT), `(+${keys.length - kept} entries)`)
    return copy
  }

  #secret(): string {
    this.#report('key', 'secret.key')
    return this.#string(SECRET)
  }

  #redacted(text: string, keep: number): string {
    const { scannedCharacters } = this.#limits
    const window = this.#scansLeft > 0 ? scannedCharacters : Math.min(SMALL_WINDOW, scannedCharacters)
    const redacted = redactText(text, keep, window)
    this.#scansLeft -= redacted.scanned
    for (const kind of redacted.kinds) this.#report(kind, `secret.${kind}`)
    return redacted.text
  }

  #report(kind: string, rule: string): void {
    if (this.findings.length >= this.#limits.findings) return
    this.findings.push({ kind, rule, place: pointer(this.#path), severity: 'high' })
  }

  #string(text: string): string {
    if (this.#spend(jsonStringBytes(text))) return text
    this.#spend(CUT_BYTES)
    return CUT
  }

  #plain(value: number | boolean | null): JsonValue {
    return this.#spend(String(value).length) ? value : this.#string(CUT)
  }

  /** Takes the bytes if they are there and `spare` more would be left. */
  #spend(bytes: number, spare = 0): boolean {
    if (this.#bytesLeft < bytes + spare) return false
    this.#bytesLeft -= bytes
    return true
  }
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
  const place = path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  return place.length > LONGEST_PLACE ? `${place.slice(0, LONGEST_PLACE)}…`.toWellFormed() : place
}
