import {
  type AddressReadings,
  matches,
  type Pattern,
  parsePattern,
  percentEncode,
  readAddress,
} from '@sallyport/policy'
import { sha256Hex } from '@sallyport/runtime'
import { type Catalog, modeOf, type Offered } from './catalog.ts'

/** The resources and templates of a catalog that are not just let pass. */
interface Restricted {
  readonly all: readonly Offered[]
  /** By the plain text of their address, or by its digest. */
  readonly byAddress: ReadonlyMap<string, readonly Offered[]>
  readonly templates: readonly Template[]
}

interface Template {
  readonly entry: Offered
  readonly whole: Pattern
  /** Of each segment, where an expression of it stands for no slash (RFC 6570, level 1); else null. */
  readonly segments: readonly Pattern[] | null
}

const ADDRESSED = ['resource', 'template'] as const
const EXPRESSION = /\{[^{}]*\}/g
/** An expression that starts with an operator, or that explodes a list. */
const REACHES_FAR = /\{[+#./;?&=,!@|]|\*\}/
const ENCODED_SLASH = /%(?:25)*(?:2f|5c)/i
const found = new WeakMap<Catalog, Restricted>()

/** How the catalog calls an address that is not kept: by the digest of its plain text. */
export function addressDigest(plain: string): string {
  return `sha256:${sha256Hex(JSON.stringify(plain))}`
}

/**
 * The resources and templates under which a server may read this URI, of those that are held or blocked, however they are
 * spelled there. Where it cannot be told what is read, all of them. `listed`: the URI is in the catalog as it was sent.
 */
export function restrictedUnder(catalog: Catalog, uri: string, listed: boolean): readonly Offered[] {
  const restricted = restrictedOf(catalog)
  if (restricted.all.length === 0) return []
  const readings = readAddress(uri)
  if (!readings.clear) return restricted.all
  // What a server lists with a query of its own is not what it lists without it.
  const { plain, collapsed, shorter } = readings
  const texts = new Set(listed ? [plain, collapsed] : [plain, collapsed, ...shorter])
  const named = [...texts].flatMap((text) => [
    ...(restricted.byAddress.get(text) ?? []),
    ...(restricted.byAddress.get(addressDigest(text)) ?? []),
  ])
  const made = restricted.templates.filter((template) => makes(template, uri, readings))
  return [...named, ...made.map(({ entry }) => entry)]
}

function restrictedOf(catalog: Catalog): Restricted {
  const known = found.get(catalog)
  if (known !== undefined) return known
  const all = ADDRESSED.flatMap((kind) =>
    [...catalog.offered[kind].values()].filter((entry) => modeOf(catalog, entry) !== 'log'),
  )
  const restricted = {
    all,
    byAddress: Map.groupBy(all, addressOf),
    templates: all.flatMap((entry) =>
      entry.kind === 'template' && !isDigest(entry.key) ? [templateOf(entry)] : [],
    ),
  }
  found.set(catalog, restricted)
  return restricted
}

function addressOf({ key, address }: Offered): string {
  return isDigest(key) ? (address ?? key) : readAddress(key).plain
}

function isDigest(key: string): boolean {
  return key.startsWith('sha256:')
}

function templateOf(entry: Offered): Template {
  const { plain } = readAddress(entry.key)
  const segments = REACHES_FAR.test(plain) ? null : plain.split('/').map(patternOf)
  return { entry, whole: patternOf(plain), segments }
}

/** What an expression becomes is the caller's to choose. */
function patternOf(text: string): Pattern {
  return parsePattern(text.split(EXPRESSION).map(percentEncode).join('*'))
}

function makes(
  { whole, segments }: Template,
  uri: string,
  { decoded, plain, collapsed, shorter }: AddressReadings,
): boolean {
  return [decoded, plain, collapsed, ...shorter].some((text) => {
    // A server may take an encoded slash for a part of the name that an expression stands for.
    if (segments === null || ENCODED_SLASH.test(uri)) return matches(whole, percentEncode(text))
    const given = text.split('/')
    return (
      given.length === segments.length &&
      segments.every((segment, at) => matches(segment, percentEncode(given[at] ?? '')))
    )
  })
}
