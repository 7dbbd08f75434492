import { elementTexts, endOfString, endOfValue } from './canonical-text.ts'
import { JsonPathBroken } from './errors.ts'

/** From the outermost value inwards: keys of objects, indexes of arrays. */
export type JsonPath = readonly (string | number)[]

export interface MemberEdit {
  readonly path: JsonPath
  /** Canonical JSON text; undefined removes what is there. */
  readonly text: string | undefined
}

/**
 * Canonical text with the value at `path` replaced by `text`, which is canonical JSON itself; undefined removes it. A
 * key that is missing is added as the last of its object, with the objects that lead to it. Everything else stays as it
 * is, number lexemes included. Throws JsonPathBroken when the path leads through anything but objects and existing
 * elements. A removal does not throw.
 */
export function replaceMember(canonical: string, path: JsonPath, text: string | undefined): string {
  const found = locate(canonical, path)
  if (text === undefined) return found.kind === 'there' ? removed(canonical, found) : canonical
  switch (found.kind) {
    case 'there':
      return splice(canonical, found.value, found.end, text)
    case 'missing':
      return splice(canonical, found.at, found.at, added(canonical, found, text))
    case 'impossible':
      throw new JsonPathBroken()
  }
}

/** The same for several places, one after the other. */
export function replaceMembers(canonical: string, edits: readonly MemberEdit[]): string {
  return edits.reduce((text, edit) => replaceMember(text, edit.path, edit.text), canonical)
}

/** The text of the value at `path`, with its number lexemes; undefined without such a value. */
export function memberText(canonical: string, path: JsonPath): string | undefined {
  const found = locate(canonical, path)
  return found.kind === 'there' ? canonical.slice(found.value, found.end) : undefined
}

/**
 * The texts of the elements of the array at `path`; undefined where there is no array. The text is walked once: to cut the
 * array out first would take as long again.
 */
export function elementsAt(canonical: string, path: JsonPath): readonly string[] | undefined {
  const found = startOf(canonical, path)
  return found.kind === 'there' && canonical[found.value] === '['
    ? elementTexts(canonical, found.value)
    : undefined
}

/** `entry` is where the key, or the element, begins; `value` where the value does. */
interface Start {
  readonly kind: 'there'
  readonly entry: number
  readonly value: number
}

interface There extends Start {
  readonly end: number
}

/** `at` is the closing brace of the innermost object that is there; `rest` the keys that are not. */
interface Missing {
  readonly kind: 'missing'
  readonly at: number
  readonly rest: readonly string[]
}

type Elsewhere = Missing | { readonly kind: 'impossible' }

function locate(text: string, path: JsonPath): There | Elsewhere {
  const found = startOf(text, path)
  return found.kind === 'there' ? { ...found, end: endOfValue(text, found.value) } : found
}

function startOf(text: string, path: JsonPath): Start | Elsewhere {
  let entry = 0
  let value = 0
  for (const [depth, segment] of path.entries()) {
    if (text[value] !== (typeof segment === 'string' ? '{' : '[')) return { kind: 'impossible' }
    const inside = typeof segment === 'string' ? member(text, value, segment) : element(text, value, segment)
    if ('closing' in inside) {
      const rest = path.slice(depth)
      return rest.every((key) => typeof key === 'string')
        ? { kind: 'missing', at: inside.closing, rest }
        : { kind: 'impossible' }
    }
    entry = inside.entry
    value = inside.value
  }
  return { kind: 'there', entry, value }
}

type Inside = { readonly entry: number; readonly value: number } | { readonly closing: number }

function member(text: string, object: number, key: string): Inside {
  // A string has one canonical spelling, so that tokens compare like what they say.
  const wanted = `${JSON.stringify(key)}:`
  let at = object + 1
  while (text[at] === '"') {
    if (text.startsWith(wanted, at)) return { entry: at, value: at + wanted.length }
    at = endOfValue(text, endOfString(text, at) + 1)
    if (text[at] === ',') at++
  }
  return { closing: at }
}

function element(text: string, array: number, index: number): Inside {
  let at = array + 1
  for (let i = 0; text[at] !== ']'; i++) {
    if (i === index) return { entry: at, value: at }
    at = endOfValue(text, at)
    if (text[at] === ',') at++
  }
  return { closing: at }
}

function added(text: string, { at, rest }: Missing, value: string): string {
  const [first = '', ...inner] = rest
  const nested = inner.reduceRight((inside, key) => `{${JSON.stringify(key)}:${inside}}`, value)
  return `${text[at - 1] === '{' ? '' : ','}${JSON.stringify(first)}:${nested}`
}

function removed(text: string, { entry, end }: There): string {
  if (text[end] === ',') return splice(text, entry, end + 1, '')
  return splice(text, text[entry - 1] === ',' ? entry - 1 : entry, end, '')
}

function splice(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to)
}
