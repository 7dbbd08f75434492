import type { Era } from '../message/envelope.ts'

/**
 * Whether nothing comes behind a page with this `nextCursor`. Servers with a handshake send an empty one for the end,
 * which later ones may mean. A cursor that was there already leads around in a circle.
 */
export function endsList(era: Era, next: unknown, seen: { has(cursor: string): boolean }): boolean {
  if (typeof next !== 'string') return true
  return (next === '' && era === 'handshake') || seen.has(next)
}
