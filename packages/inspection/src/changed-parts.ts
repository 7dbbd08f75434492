import type { Part } from './redact.ts'

/** A leaf that differs between two values; null where there is none in that one. With markers for secrets. */
export interface ChangedPart {
  /** JSON pointer (RFC 6901). */
  readonly place: string
  readonly from: string | null
  readonly to: string | null
}

/** What is different, leaf by leaf: what was there first, in its order, and then what is new. */
export function changedParts(before: readonly Part[], after: readonly Part[]): ChangedPart[] {
  const now = new Map(after.map((part) => [part.place, part]))
  const known = new Set(before.map(({ place }) => place))
  const gone = before.flatMap((part) => {
    const { place, text } = part
    const other = now.get(place)
    return other !== undefined && isSame(part, other) ? [] : [{ place, from: text, to: other?.text ?? null }]
  })
  const added = after.flatMap(({ place, text }) =>
    known.has(place) ? [] : [{ place, from: null, to: text }],
  )
  return [...gone, ...added]
}

/** By what they are and not by how they are shown: two secrets of one length look the same. */
function isSame(one: Part, other: Part): boolean {
  return one.kind === other.kind && one.original === other.original
}
