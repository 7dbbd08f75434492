import { escapePointerKey } from '@sallyport/runtime'

const MAX_SEGMENT = 40
const MAX_SEGMENTS = 8

/**
 * RFC 6901 pointer for people: keys are shortened and unprintable characters replaced, because keys come
 * from whom we judge and the pointer ends up in logs and terminals.
 */
export function jsonPointer(path: readonly (string | number | undefined)[]): string {
  const known = path.filter((segment) => segment !== undefined)
  const shown = known.slice(0, MAX_SEGMENTS).map((segment) => `/${escapeSegment(String(segment))}`)
  return known.length > MAX_SEGMENTS ? `${shown.join('')}/…` : shown.join('')
}

function escapeSegment(segment: string): string {
  const visible = escapePointerKey(segment.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '�'))
  return visible.length > MAX_SEGMENT ? `${visible.slice(0, MAX_SEGMENT)}…` : visible
}
