import type { RefusedDefinition } from '@sallyport/control'
import {
  elementsAt,
  isJsonObject,
  type JsonPath,
  type JsonValue,
  type RefusedEntry,
  sortedText,
} from '@sallyport/jsonrpc'
import { LONGEST_URI } from '@sallyport/policy'
import { sha256Hex } from '@sallyport/runtime'
import { LONGEST_NAME } from '../../../domain/recorded-text.ts'
import type { Steps } from '../../../reaching/in-turns.ts'
import { addressFor, catalogKey, type Offer } from './offers.ts'

/** One thing as an answer lists it. `text` is its canonical text with the keys sorted. */
export interface ListedEntry {
  readonly key: string
  /** Where the key is a digest: what all spellings of the URI have in common, as a digest too. */
  readonly address?: string
  readonly fingerprint: string
  readonly text: string
}

/** The elements of the list in an answer to a list request. Each has its key and its text as it came. */
export interface ListElement {
  /** Null for what cannot be used by a name. */
  readonly name: string | null
  readonly text: string
}

/** An element that is shown to nobody. */
export interface RefusedElement extends RefusedDefinition {
  readonly key: string
}

/** Where the canonical text of an answer has its result. */
export interface ResultText {
  readonly text: string
  readonly path: JsonPath
}

export interface ListedElements {
  readonly elements: readonly ListElement[]
  readonly refused: readonly RefusedElement[]
}

/** Undefined where the answer holds no such list. `left`: what was left out of its result. */
export function* elementsOf(
  offer: Offer,
  result: JsonValue,
  { text, path }: ResultText,
  left: readonly RefusedEntry[] = [],
): Steps<ListedElements | undefined> {
  const list = isJsonObject(result) ? result[offer.member] : undefined
  const texts = Array.isArray(list) ? elementsAt(text, [...path, offer.member]) : undefined
  if (texts === undefined) return undefined
  yield
  const refused = left
    .filter((entry) => entry.list === offer.member)
    .map(({ value, index, rule, inside }) => ({ key: keyIn(value, offer, index), rule, place: inside }))
  const elements = (list as readonly JsonValue[]).map((value, at) => {
    const why = unusable(value, offer)
    if (why !== undefined) refused.push({ key: keyIn(value, offer, at), ...why })
    return { name: why === undefined ? nameIn(value, offer) : null, text: texts[at] ?? '' }
  })
  return { elements, refused }
}

/** Why nobody can use an entry by its name. */
function unusable(value: JsonValue, offer: Offer): RefusedDefinition | undefined {
  const name = nameIn(value, offer)
  const place = `/${offer.key}`
  if (name === null) return { rule: 'no name', place }
  const longest = offer.key === 'name' ? LONGEST_NAME : LONGEST_URI
  return name.length > longest ? { rule: 'name length', place } : undefined
}

/** One that has no name of its own is known by its place. */
function keyIn(value: JsonValue, offer: Offer, index: number): string {
  const name = nameIn(value, offer)
  return name === null ? `(entry ${index + 1})` : catalogKey(offer.kind, name.slice(0, LONGEST_URI))
}

/**
 * The things a list names. Several of one name are one thing whose definition is all of them: adding a second one is
 * a change.
 */
export function* entriesOf(offer: Offer, elements: readonly ListElement[]): Steps<ListedEntry[]> {
  const texts = new Map<string, string[]>()
  const addresses = new Map<string, string>()
  for (const { name, text } of elements) {
    if (name === null) continue
    const key = catalogKey(offer.kind, name)
    const address = addressFor(offer.kind, name, key)
    if (address !== undefined) addresses.set(key, address)
    const same = texts.get(key)
    if (same === undefined) texts.set(key, [sortedText(text)])
    else same.push(sortedText(text))
    yield
  }
  const entries: ListedEntry[] = []
  for (const [key, same] of texts) {
    const text = same.length === 1 ? (same[0] ?? '') : `[${same.join(',')}]`
    const address = addresses.get(key)
    entries.push({ key, ...(address === undefined ? {} : { address }), text, fingerprint: sha256Hex(text) })
    yield
  }
  return entries
}

/** Whether a list is so short that all that is done with it fits in one turn. */
export function isShort(elements: readonly ListElement[]): boolean {
  if (elements.length > MOST_AT_ONCE) return false
  return elements.reduce((length, { text }) => length + text.length, 0) <= LONGEST_AT_ONCE
}

const MOST_AT_ONCE = 100
const LONGEST_AT_ONCE = 256 * 1024

function nameIn(value: JsonValue, { key }: Offer): string | null {
  const name = isJsonObject(value) ? value[key] : undefined
  return typeof name === 'string' && name !== '' ? name : null
}
