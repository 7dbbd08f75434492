/** What an upstream offers, as the log tells it: what was accepted, and what it lists now. */
export const OFFERED_KINDS = ['tool', 'prompt', 'resource', 'template'] as const
export type OfferedKind = (typeof OFFERED_KINDS)[number]

/** `log`: it passes. `hold`: a person is asked. `block`: it is denied, and not listed to anybody. */
export type CatalogMode = 'log' | 'hold' | 'block'

/**
 * `accepted`: as it was first seen, or accepted since. `changed`: listed with another definition. `added`: it came
 * after the first list. `removed`: not listed any more. `refused`: listed in a way that cannot be read without doubt.
 */
export type OfferedStatus = 'accepted' | 'changed' | 'added' | 'removed' | 'refused'
/** `unknown`: it was never listed. */
export type DifferingStatus = 'changed' | 'added' | 'unknown'

export interface Definition {
  /** SHA-256 (hex) over the whole object as it was listed, keys sorted. */
  readonly fingerprint: string
  /** JSON text, keys sorted, secrets taken out; null where it was too large to be kept. */
  readonly text: string | null
  /** Whether `text` is all of it. */
  readonly entire: boolean
}

/** Why a definition is refused: the rule that it breaks, and a JSON Pointer to the place in it. */
export interface RefusedDefinition {
  readonly rule: string
  readonly place: string
}

export interface Offered {
  readonly kind: OfferedKind
  /** A name, a URI or a URI template; or `sha256:` and the digest of a URI that cannot be recorded. */
  readonly key: string
  /** Where `key` is a digest: the digest of the plain text of the URI, which all its spellings have. */
  readonly address?: string
  readonly accepted: Definition | null
  /** What is listed now; null when it is not, and when it is refused. */
  readonly offered: Definition | null
  /** Why what is listed now is refused; null when it is not. */
  readonly refused: RefusedDefinition | null
  readonly mode: CatalogMode | null
  /** When the status last became another one. */
  readonly since: string
  /** How often it was listed with another definition than before since somebody last accepted it. */
  readonly turns: number
  /** How often it was missing from a whole list since then: servers may list differently to each of their callers. */
  readonly absences: number
}

export interface Catalog {
  readonly upstream: string
  readonly offered: Readonly<Record<OfferedKind, ReadonlyMap<string, Offered>>>
  /** The kinds of which a whole list was seen: what comes later is an addition. */
  readonly listed: ReadonlySet<OfferedKind>
  /** By `modeKey`; what is not set has its default. */
  readonly modes: ReadonlyMap<string, CatalogMode>
  /** Characters of definitions that are kept. */
  readonly characters: number
  /** Whether something was seen for which there was no more room. */
  readonly full: boolean
}

/** What one upstream can take of the memory of every process. */
export const CATALOG_LIMITS = {
  /** Of each kind. */
  entries: 2000,
  characters: 4 * 1024 * 1024,
  /** After so many turns an entry stays as it is until somebody accepts it: the log must not grow for ever. */
  turns: 32,
  /** After so many absences it does not count as removed any more. */
  absences: 32,
} as const

const NOTHING: ReadonlyMap<string, Offered> = new Map()

export function emptyCatalog(upstream: string): Catalog {
  return {
    upstream,
    offered: { tool: NOTHING, prompt: NOTHING, resource: NOTHING, template: NOTHING },
    listed: new Set(),
    modes: new Map(),
    characters: 0,
    full: false,
  }
}

/** One that has turned too often counts as changed, whatever it looks like at the moment. */
export function statusOf({ accepted, offered, refused, turns }: Offered): OfferedStatus {
  if (refused !== null) return 'refused'
  if (accepted !== null && turns >= CATALOG_LIMITS.turns) return 'changed'
  if (offered === null) return 'removed'
  if (accepted === null) return 'added'
  return accepted.fingerprint === offered.fingerprint ? 'accepted' : 'changed'
}

export function modeKey(kind: OfferedKind, status: DifferingStatus): string {
  return `${kind}:${status}`
}

/** Resources come and go and are read by URIs that no list has; for tools and prompts agents go by what was listed. */
const DEFAULTS: Readonly<Record<OfferedKind, Readonly<Record<DifferingStatus, CatalogMode>>>> = {
  tool: { changed: 'hold', added: 'log', unknown: 'block' },
  prompt: { changed: 'hold', added: 'log', unknown: 'log' },
  resource: { changed: 'log', added: 'log', unknown: 'log' },
  template: { changed: 'log', added: 'log', unknown: 'log' },
}

/** The mode of everything of this kind and status that has no mode of its own. */
export function modeFor(
  catalog: Catalog | undefined,
  kind: OfferedKind,
  status: DifferingStatus,
): CatalogMode {
  return catalog?.modes.get(modeKey(kind, status)) ?? DEFAULTS[kind][status]
}

/** The mode of this entry: its own where it has one, otherwise that of its status. */
export function modeOf(
  catalog: Catalog,
  entry: Offered,
  status: OfferedStatus = statusOf(entry),
): CatalogMode {
  if (entry.mode !== null) return entry.mode
  switch (status) {
    case 'accepted':
      return 'log'
    case 'removed':
    case 'refused':
      return modeFor(catalog, entry.kind, 'unknown')
    case 'changed':
    case 'added':
      return modeFor(catalog, entry.kind, status)
  }
}

/** Whether it says anything new that an entry is listed with this definition, and at this address where it is told. */
export function newlyListed(
  { accepted, offered, turns, address: known }: Offered,
  fingerprint: string,
  address?: string,
): boolean {
  if (offered?.fingerprint === fingerprint) return address !== undefined && known === undefined
  return turns < CATALOG_LIMITS.turns || !turnsBy({ accepted, offered }, fingerprint)
}

/** Whether it says anything new that an entry is missing from a whole list. */
export function newlyMissing({ offered, refused, absences }: Offered): boolean {
  return (offered !== null || refused !== null) && absences < CATALOG_LIMITS.absences
}

/** Whether it says anything new that an entry is listed in a way that is refused. */
export function newlyRefused({ refused, turns }: Offered, { rule, place }: RefusedDefinition): boolean {
  return (refused?.rule !== rule || refused.place !== place) && turns < CATALOG_LIMITS.turns
}

/** For people: the rule and the place. */
export function refusalText({ rule, place }: RefusedDefinition): string {
  return place === '' ? rule : `${rule} at ${place}`
}

/** An entry that is listed again after an absence turns only if its definition is not the accepted one. */
export function turnsBy(
  { accepted, offered }: Pick<Offered, 'accepted' | 'offered'>,
  fingerprint: string,
): boolean {
  return offered !== null || (accepted !== null && accepted.fingerprint !== fingerprint)
}
