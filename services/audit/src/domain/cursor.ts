/** The place of an item in a timeline: the next page begins right after it, whatever was inserted meanwhile. */
export interface Cursor {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly eventId: string
}

export function isCursor(place: unknown): place is Cursor {
  if (place === null || typeof place !== 'object') return false
  const { at, eventId } = place as Partial<Record<keyof Cursor, unknown>>
  return Number.isSafeInteger(at) && typeof eventId === 'string'
}
