import {
  CATALOG_LIMITS,
  type Catalog,
  type Listed,
  newlyListed,
  newlyMissing,
  type Sighting,
} from '@sallyport/control'
import { redact } from '@sallyport/inspection'
import { sortedText } from '@sallyport/jsonrpc'
import type { ListedEntry } from './listed-entries.ts'

type Kind = Sighting['kind']

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
export function sightingsOf(
  catalog: Catalog,
  kind: Kind,
  entries: readonly ListedEntry[],
  everything: ReadonlySet<string> | null,
): Sighting[] {
  const known = catalog.offered[kind]
  let room = CATALOG_LIMITS.entries - known.size
  const differing = entries.filter((entry) => {
    const before = known.get(entry.key)
    if (before !== undefined) return newlyListed(before, entry.fingerprint, entry.address)
    room -= 1
    // The first one too many is told, so that everybody sees that the catalog is full.
    return room >= 0 || (room === -1 && !catalog.full)
  })
  const missing =
    everything === null
      ? []
      : [...known.values()]
          .filter((before) => newlyMissing(before) && !everything.has(before.key))
          .map(({ key }) => key)
  const first = everything !== null && !catalog.listed.has(kind)
  if (differing.length === 0 && missing.length === 0 && !first) return []
  return pieces(kind, differing.map(listedOf), missing, first)
}

function pieces(kind: Kind, listed: Listed[], missing: string[], whole: boolean): Sighting[] {
  const all: Sighting[] = []
  while (listed.length > MOST_ENTRIES || missing.length > MOST_ENTRIES || tooLong(listed)) {
    const next = listed.splice(0, fitting(listed))
    all.push({ kind, listed: next, missing: missing.splice(0, MOST_ENTRIES), whole: false })
  }
  return [...all, { kind, listed, missing, whole }]
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
  const { value } = redact(JSON.parse(text), KEPT)
  const definition = sortedText(JSON.stringify(value))
  if (definition.length > LONGEST_DEFINITION) return { ...known, definition: null, entire: false }
  return { ...known, definition, entire: definition === text }
}
