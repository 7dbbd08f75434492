import type { Catalog } from '@sallyport/control'
import type { DecisionInput } from '@sallyport/policy'
import { type Candidate, MOST_CANDIDATES } from '../../../governing/denials/guide.ts'
import type { McpCall } from '../message/call.ts'
import { ACCESS_TOOL } from '../own-tools/access-tool.ts'
import { useOf } from './visibility.ts'

/** A name that can be said in our own words: an upstream chooses the names of its tools, and nothing else of the text. */
const SAYABLE = /^[A-Za-z0-9_./-]{1,64}$/

/** The tools or prompts of the same upstream whose names are most like the one that is asked for, the likest first. */
export function nearestOffers(
  catalog: Catalog | undefined,
  { subject }: Pick<McpCall, 'subject'>,
  asked: DecisionInput,
): readonly Candidate[] {
  if (catalog === undefined || (subject?.kind !== 'tool' && subject?.kind !== 'prompt')) return []
  const { kind, name } = subject
  const likeness = likenessTo(name)
  const found: { readonly key: string; readonly likeness: number }[] = []
  for (const { key, offered } of catalog.offered[kind].values())
    if (offered !== null && key !== name && key !== ACCESS_TOOL && SAYABLE.test(key))
      found.push({ key, likeness: likeness(key) })
  return found
    .sort((a, b) => b.likeness - a.likeness || (a.key < b.key ? -1 : 1))
    .slice(0, MOST_CANDIDATES)
    .map(({ key }) => ({ kind, name: key, input: useOf(asked, catalog, kind, key) }))
}

const LONGEST = 64

/**
 * The share of pairs of letters that two names have in common (Dice), from 0 to 1. A letter is five bits, whatever its
 * case. It allocates nothing for a name that is compared: a catalog has thousands, and each denial looks at all.
 */
function likenessTo(name: string): (other: string) => number {
  const pairs = new Set<number>()
  const length = Math.min(name.length, LONGEST)
  for (let at = 1; at < length; at++) pairs.add(pairAt(name, at))
  return (other) => {
    const end = Math.min(other.length, LONGEST)
    let common = 0
    for (let at = 1; at < end; at++) if (pairs.has(pairAt(other, at))) common += 1
    return (2 * common) / Math.max(1, length + end - 2)
  }
}

function pairAt(name: string, at: number): number {
  return ((name.charCodeAt(at - 1) & 31) << 5) | (name.charCodeAt(at) & 31)
}
