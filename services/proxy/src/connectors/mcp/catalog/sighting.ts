import {
  CATALOG_LIMITS,
  type Catalog,
  type Listed,
  newlyListed,
  newlyMissing,
  newlyRefused,
  type RefusedListing,
  type Sighting,
} from '@sallyport/control'
import { redact } from '@sallyport/inspection'
import { exactValue, sortedText } from '@sallyport/jsonrpc'
import { cut } from '../../../domain/recorded-text.ts'
import type { Steps } from '../../../reaching/in-turns.ts'
import type { ListedEntry, RefusedElement } from './listed-entries.ts'

type Kind = Sighting['kind']

/** What a list, or a page of one, says. */
export interface Seen {
  readonly entries: readonly ListedEntry[]
  readonly refused: readonly RefusedElement[]
}

/** How much an event holds of one definition, and of all together. */
const LONGEST_DEFINITION = 32_768
const MOST_CHARACTERS = 256 * 1024
const MOST_ENTRIES = 128

const KEPT = {
  stringCharacters: 16_384,
  keyCharacters: 256,
  entries: 1000,
  depth: 32,
  bytes: LONGEST_DEFINITION,
  scannedCharacters: 64 * 1024,
}

/**
 * The differences between a list and the catalog, in pieces that fit an event. Empty when the list says nothing new.
 * `everything`: the list is whole, so that what is not in it is gone.
 */
export function* sightingsOf(
  catalog: Catalog,
  kind: Kind,
  { entries, refused }: Seen,
  everything: ReadonlySet<string> | null,
): Steps<Sighting[]> {
  const known = catalog.offered[kind]
  let room = CATALOG_LIMITS.entries - known.size
  const differing = entries.filter((entry) => {
    const before = known.get(entry.key)
    if (before !== undefined) return newlyListed(before, entry.fingerprint, entry.address)
    room -= 1
    // The first one too many is told, so that everybody sees that the catalog is full.
    return room >= 0 || (room === -1 && !catalog.full)
  })
  // Of one that is listed twice, the entry that can be read counts.
  const readable = new Set(entries.map(({ key }) => key))
  const odd = refused.filter((one) => {
    if (readable.has(one.key)) return false
    const before = known.get(one.key)
    if (before !== undefined) return newlyRefused(before, one)
    room -= 1
    return room >= 0
  })
  const missing =
    everything === null
      ? []
      : [...known.values()]
          .filter((before) => newlyMissing(before) && !everything.has(before.key))
          .map(({ key }) => key)
  const first = everything !== null && !catalog.listed.has(kind)
  if (differing.length === 0 && odd.length === 0 && missing.length === 0 && !first) return []
  const listed: Listed[] = []
  for (const entry of differing) {
    listed.push(listedOf(entry))
    yield
  }
  return pieces(kind, listed, odd.map(refusedOf), missing, first)
}

function pieces(
  kind: Kind,
  listed: Listed[],
  refused: RefusedListing[],
  missing: string[],
  whole: boolean,
): Sighting[] {
  const all: Sighting[] = []
  const tooMany = (list: readonly unknown[]) => list.length > MOST_ENTRIES
  while (tooMany(listed) || tooMany(refused) || tooMany(missing) || tooLong(listed)) {
    const next = listed.splice(0, fitting(listed))
    const odd = refused.splice(0, MOST_ENTRIES)
    all.push(pieceOf(kind, next, odd, missing.splice(0, MOST_ENTRIES), false))
  }
  return [...all, pieceOf(kind, listed, refused, missing, whole)]
}

/** A piece without refused entries is what it was before there were any. */
function pieceOf(
  kind: Kind,
  listed: Listed[],
  refused: RefusedListing[],
  missing: string[],
  whole: boolean,
): Sighting {
  const piece = { kind, listed, missing, whole }
  return refused.length === 0 ? piece : { ...piece, refused }
}

function refusedOf({ key, rule, place }: RefusedElement): RefusedListing {
  return { key, rule: cut(rule), place: cut(place) }
}

function tooLong(listed: readonly Listed[]): boolean {
  return fitting(listed) < listed.length
}

function fitting(listed: readonly Listed[]): number {
  let characters = 0
  const end = listed.findIndex(({ definition }, at) => {
    characters += definition?.length ?? 0
    return at === MOST_ENTRIES || (at > 0 && characters > MOST_CHARACTERS)
  })
  return end === -1 ? listed.length : end
}

/** The fingerprint covers the whole text. The text that is kept is redacted like everything that is recorded. */
function listedOf({ text, ...known }: ListedEntry): Listed {
  if (text.length > LONGEST_DEFINITION) return { ...known, definition: null, entire: false }
  const { value } = redact(exactValue(text), KEPT)
  const definition = sortedText(JSON.stringify(value))
  if (definition.length > LONGEST_DEFINITION) return { ...known, definition: null, entire: false }
  return { ...known, definition, entire: definition === text }
}
