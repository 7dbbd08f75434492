import { addressDigest, type OfferedKind } from '@sallyport/control'
import { LONGEST_URI, readAddress } from '@sallyport/policy'
import { sha256Hex } from '@sallyport/runtime'
import { carriesSecret } from '../message/offered-subject.ts'

/** How MCP lists one kind of thing that a server offers. */
export interface Offer {
  readonly kind: OfferedKind
  readonly method: string
  /** The member of the result that holds the list. */
  readonly member: string
  /** The member of each entry that it is known by. */
  readonly key: 'name' | 'uri' | 'uriTemplate'
}

export const OFFERS: readonly Offer[] = [
  { kind: 'tool', method: 'tools/list', member: 'tools', key: 'name' },
  { kind: 'prompt', method: 'prompts/list', member: 'prompts', key: 'name' },
  { kind: 'resource', method: 'resources/list', member: 'resources', key: 'uri' },
  {
    kind: 'template',
    method: 'resources/templates/list',
    member: 'resourceTemplates',
    key: 'uriTemplate',
  },
]

const BY_METHOD = new Map(OFFERS.map((offer) => [offer.method, offer]))
/** Resources come and go all the time; of them it is enough to see what agents are listed. */
const BY_NOTICE = new Map<string, readonly Offer[]>([
  ['notifications/tools/list_changed', OFFERS.filter(({ kind }) => kind === 'tool')],
  ['notifications/prompts/list_changed', OFFERS.filter(({ kind }) => kind === 'prompt')],
])

export function offerListedBy(method: string | null): Offer | undefined {
  return method === null ? undefined : BY_METHOD.get(method)
}

/** The lists that have changed, by the notification of the server. */
export function offersChangedBy(method: string): readonly Offer[] {
  return BY_NOTICE.get(method) ?? []
}

export function offerOf(kind: OfferedKind): Offer {
  const offer = OFFERS.find((one) => one.kind === kind)
  if (offer === undefined) throw new TypeError(`nothing is listed as ${kind}`)
  return offer
}

/** The longest name that events hold, in characters. */
const LONGEST_KEY = 1024

/**
 * The key in the catalog: the name as it is listed. Its digest stands for a name that is too long to be recorded, and
 * for a URI that carries a credential.
 */
export function catalogKey(kind: OfferedKind, name: string): string {
  const uri = isAddressed(kind)
  if (name.length <= LONGEST_KEY && name.isWellFormed() && !(uri && carriesSecret(name))) return name
  return `sha256:${sha256Hex(JSON.stringify(name))}`
}

/** What the catalog knows a URI by in all its spellings, where its key is a digest; undefined for every other name. */
export function addressFor(kind: OfferedKind, name: string, key: string): string | undefined {
  if (!isAddressed(kind) || key === name || name.length > LONGEST_URI) return undefined
  return addressDigest(readAddress(name).plain)
}

/** Whether it is known by a URI, or by a template of some. */
export function isAddressed(kind: OfferedKind): boolean {
  return kind === 'resource' || kind === 'template'
}
