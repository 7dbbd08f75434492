import { NumberLexeme, pointerKeys, pointerOf } from '@sallyport/runtime'
import { GrantInvalid } from './errors.ts'
import { compareNumbers } from './exact-number.ts'
import { fitsText, parseTextPattern, type TextPattern } from './text-pattern.ts'

/** What an argument has to be: a value, a text that fits, a number within a bound, or anything. */
type Test =
  | { readonly kind: 'is'; readonly value: unknown }
  | { readonly kind: 'like'; readonly pattern: TextPattern }
  | { readonly kind: 'bound'; readonly bound: string; readonly most: boolean }
  | { readonly kind: 'any' }

/** A place in the arguments, as its keys, and what is there. */
interface Condition {
  readonly path: readonly string[]
  readonly test: Test
}

/** Checked conditions on the arguments of a call. */
export interface ArgumentPattern {
  readonly conditions: readonly Condition[]
  /** Whether arguments that no condition names may be there, and be anything. */
  readonly others: boolean
}

const MOST_CONDITIONS = 32
const LONGEST_CONDITION = 1024
const CONDITION = /^((?:[^=~<>]|~[01])+?)\s*(?:(=|~(?![01])|<=|>=)\s*(.*))?$/s
/** Characters that nobody sees, or that change what is read. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|[^\P{Zs} ]/u

/**
 * Reads conditions as people write them: `repo="acme/web"`, `title`, `branch~"release-*"`, `amount<=100`, each on a place: the
 * name of an argument, or a JSON pointer such as `/repo/owner`. A value is JSON, so that `5` and `"5"` are two things. Throws
 * GrantInvalid, which names the condition.
 */
export function parseWhere(where: readonly string[], others: boolean): ArgumentPattern {
  if (where.length === 0) throw new GrantInvalid('others says what is not named, and where names nothing')
  if (where.length > MOST_CONDITIONS)
    throw new GrantInvalid(`where has more than ${MOST_CONDITIONS} conditions`)
  const conditions = where.map(conditionIn)
  for (const [at, { path }] of conditions.entries())
    for (const earlier of conditions.slice(0, at))
      if (isWithin(path, earlier.path) || isWithin(earlier.path, path))
        throw new GrantInvalid(`where names ${pointerOf(path)} twice, or something within it`)
  return { conditions, others }
}

/**
 * Whether arguments fit: every condition names something that is there and is what it says, and nothing else is there unless
 * `others`. Values are compared as they were sent: nothing is rounded, and a number is not a text. It takes as long as the
 * arguments are long.
 */
export function fitsArguments({ conditions, others }: ArgumentPattern, given: unknown): boolean {
  for (const { path, test } of conditions) {
    const found = at(given, path)
    if (found === ABSENT || !passes(test, found)) return false
  }
  return others || unnamed({ conditions, others }, given) === undefined
}

/** Why arguments do not fit, for whoever approves them: the first condition, or the first place that none names. */
export function misfit(pattern: ArgumentPattern, given: unknown): string | undefined {
  for (const { path, test } of pattern.conditions) {
    const found = at(given, path)
    if (found === ABSENT) return `it has no ${pointerOf(path)}`
    if (!passes(test, found)) return `its ${pointerOf(path)} is something else`
  }
  const place = pattern.others ? undefined : unnamed(pattern, given)
  return place === undefined
    ? undefined
    : `it has ${pointerOf(place)} too: name it (alone, where it may be anything), or say that others may be any`
}

/** The places on whose value something is said, as JSON pointers. */
export function judgedPlaces({ conditions }: ArgumentPattern): readonly string[] {
  return conditions.filter(({ test }) => test.kind !== 'any').map(({ path }) => pointerOf(path))
}

function conditionIn(text: string): Condition {
  const shown = JSON.stringify(text.slice(0, 64))
  if (text.length > LONGEST_CONDITION)
    throw new GrantInvalid(`${shown}… is longer than ${LONGEST_CONDITION} characters`)
  if (HIDDEN.test(text) || !text.isWellFormed())
    throw new GrantInvalid(`${shown} has a character that nobody sees`)
  const [, place = '', operator, value = ''] = CONDITION.exec(text.trim()) ?? []
  if (place === '') throw new GrantInvalid(`${shown} names no argument`)
  return { path: pathIn(place, shown), test: testIn(operator, value, shown) }
}

function pathIn(place: string, shown: string): readonly string[] {
  if (!place.startsWith('/')) return [place]
  const path = pointerKeys(place)
  if (path === undefined) throw new GrantInvalid(`${shown} has a ~ in its place that is neither ~0 nor ~1`)
  return path
}

function testIn(operator: string | undefined, text: string, shown: string): Test {
  if (operator === undefined) return { kind: 'any' }
  const value = valueIn(text, shown)
  if (operator === '=') return { kind: 'is', value }
  if (operator === '~') {
    if (typeof value !== 'string') throw new GrantInvalid(`${shown}: what follows ~ is not a text in quotes`)
    return { kind: 'like', pattern: patternIn(value, shown) }
  }
  const bound = numberText(value)
  if (bound === undefined || compareNumbers(bound, bound) === undefined)
    throw new GrantInvalid(`${shown}: what follows ${operator} is not a number`)
  return { kind: 'bound', bound, most: operator === '<=' }
}

function patternIn(source: string, shown: string): TextPattern {
  try {
    return parseTextPattern(source)
  } catch (fault) {
    throw new GrantInvalid(`${shown} ${fault instanceof Error ? fault.message : 'cannot be read'}`)
  }
}

/** With its numbers as they are written. */
function valueIn(text: string, shown: string): unknown {
  try {
    return JSON.parse(text, exact as never)
  } catch {
    throw new GrantInvalid(`${shown}: the value is not JSON; a text is written in quotes`)
  }
}

function exact(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' && source !== undefined && String(value) !== source
    ? new NumberLexeme(source)
    : value
}

const ABSENT = Symbol('absent')

function at(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const key of path) {
    if (Array.isArray(found) ? !/^(?:0|[1-9]\d{0,5})$/.test(key) : !isMembers(found)) return ABSENT
    if (!Object.hasOwn(found as object, key)) return ABSENT
    found = (found as Record<string, unknown>)[key]
  }
  return found
}

function passes(test: Test, found: unknown): boolean {
  switch (test.kind) {
    case 'any':
      return true
    case 'is':
      return isSame(test.value, found)
    case 'like':
      return typeof found === 'string' && fitsText(test.pattern, found)
    case 'bound': {
      const number = numberText(found)
      const order = number === undefined ? undefined : compareNumbers(number, test.bound)
      return order !== undefined && (test.most ? order <= 0 : order >= 0)
    }
  }
}

function isSame(a: unknown, b: unknown): boolean {
  const [one, other] = [numberText(a), numberText(b)]
  if (one !== undefined || other !== undefined)
    return one !== undefined && other !== undefined && compareNumbers(one, other) === 0
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]))
  if (!isMembers(a)) return !isMembers(b) && !Array.isArray(b) && a === b
  if (!isMembers(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]))
  )
}

interface Named {
  readonly whole: boolean
  readonly within: Map<string, Named>
}

/** The first place that no condition names; undefined where all are named. */
function unnamed({ conditions }: ArgumentPattern, given: unknown): readonly string[] | undefined {
  const root: Named = { whole: false, within: new Map() }
  for (const { path } of conditions) {
    let node = root
    for (const [depth, key] of path.entries()) {
      const next = node.within.get(key) ?? { whole: depth === path.length - 1, within: new Map() }
      node.within.set(key, next)
      node = next
    }
  }
  return unnamedIn(root, given, [])
}

function unnamedIn(node: Named, value: unknown, path: readonly string[]): readonly string[] | undefined {
  if (node.whole) return undefined
  if (node.within.size === 0 || (!isMembers(value) && !Array.isArray(value))) return path
  for (const [key, member] of Object.entries(value)) {
    const next = node.within.get(key)
    const found = next === undefined ? [...path, key] : unnamedIn(next, member, [...path, key])
    if (found !== undefined) return found
  }
  return undefined
}

function isWithin(inner: readonly string[], outer: readonly string[]): boolean {
  return outer.every((key, index) => inner[index] === key)
}

function numberText(value: unknown): string | undefined {
  if (value instanceof NumberLexeme) return value.text
  return typeof value === 'number' ? String(value) : undefined
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberLexeme)
  )
}

/** The same conditions in one order, so that two people who mean the same say the same. */
export function sortedWhere(where: readonly string[]): string[] {
  return [...new Set(where.map((one) => one.trim()))].sort()
}
