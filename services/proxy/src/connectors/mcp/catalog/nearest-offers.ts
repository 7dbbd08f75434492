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
  return [...catalog.offered[kind].values()]
    .filter(
      ({ key, offered }) => offered !== null && key !== name && key !== ACCESS_TOOL && SAYABLE.test(key),
    )
    .map(({ key }) => ({ key, likeness: likeness(key) }))
    .sort((a, b) => b.likeness - a.likeness || (a.key < b.key ? -1 : 1))
    .slice(0, MOST_CANDIDATES)
    .map(({ key }) => ({ kind, name: key, input: useOf(asked, catalog, kind, key) }))
}

/** The share of pairs of letters that two names have in common (Dice), from 0 to 1. Linear in the name. */
function likenessTo(name: string): (other: string) => number {
  const pairs = new Set(pairsOf(name))
  return (other) => {
    const others = pairsOf(other)
    const common = others.filter((pair) => pairs.has(pair)).length
    return (2 * common) / Math.max(1, pairs.size + others.length)
  }
}

function pairsOf(name: string): readonly string[] {
  const lower = name.slice(0, 64).toLowerCase()
  return Array.from({ length: Math.max(0, lower.length - 1) }, (_, at) => lower.slice(at, at + 2))
}
