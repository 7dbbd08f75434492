import {
  elementTexts,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  memberText,
  sortedText,
} from '@sallyport/jsonrpc'
import { LONGEST_URI } from '@sallyport/policy'
import { sha256Hex } from '@sallyport/runtime'
import { addressFor, catalogKey, isAddressed, type Offer } from './offers.ts'

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
  readonly name: string | null
  readonly text: string
}

/** Undefined where the answer holds no such list. `canonical` is the text of the result. */
export function elementsOf(offer: Offer, result: JsonValue, canonical: string): ListElement[] | undefined {
  const list = isJsonObject(result) ? result[offer.member] : undefined
  const text = Array.isArray(list) ? memberText(canonical, [offer.member]) : undefined
  if (text === undefined) return undefined
  const texts = elementTexts(text)
  return (list as readonly JsonValue[]).map((value, at) => ({
    name: isJsonObject(value) ? nameIn(value, offer) : null,
    text: texts[at] ?? '',
  }))
}

/**
 * The things a list names. Several of one name are one thing whose definition is all of them: adding a second one is
 * a change.
 */
export function entriesOf(offer: Offer, elements: readonly ListElement[]): ListedEntry[] {
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
  }
  return [...texts].map(([key, same]) => {
    const text = same.length === 1 ? (same[0] ?? '') : `[${same.join(',')}]`
    const address = addresses.get(key)
    return { key, ...(address === undefined ? {} : { address }), text, fingerprint: sha256Hex(text) }
  })
}

/** None where it is too long to be named, so that nothing by this name can be used. */
function nameIn(value: JsonObject, { key, kind }: Offer): string | null {
  const name = value[key]
  if (typeof name !== 'string' || name === '') return null
  return isAddressed(kind) && name.length > LONGEST_URI ? null : name
}
