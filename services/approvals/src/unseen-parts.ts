import type { ShownCall } from './shown-calls.ts'

/** A part that an answerer did not have on screen. */
export interface UnseenPart {
  /** JSON pointer into `{ arguments, _meta }`. */
  readonly place: string
  readonly characters: number
}

/** Whether a place is one of these, or below one. */
export function isAmong(places: ReadonlySet<string>, place: string): boolean {
  if (places.has(place)) return true
  for (let at = place.lastIndexOf('/'); at !== -1; at = at === 0 ? -1 : place.lastIndexOf('/', at - 1))
    if (places.has(place.slice(0, at))) return true
  return false
}

/**
 * The parts that somebody has not seen. `said`: places of them, by whoever knows what was on a screen; a place stands
 * for all that is below it. Where nobody says it, what the record cut off.
 */
export function unseenParts(
  { parts, unrecorded }: ShownCall,
  said: readonly string[] | undefined,
): UnseenPart[] {
  const places = said ?? unrecorded
  if (places.length === 0) return []
  const named = new Set(places)
  return parts
    .filter(({ place }) => isAmong(named, place))
    .map(({ place, original }) => ({ place, characters: original.length }))
}
