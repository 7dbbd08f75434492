import type { Outcome, Risk } from '@sallyport/policy/words'
import { AuditFilterInvalid } from '../errors.ts'
import { wordsIn } from './search-words.ts'

/** What agents did, what people and bots administered, or both. */
export const TIMELINE_KINDS = ['action', 'admin', 'all'] as const
export type TimelineKind = (typeof TIMELINE_KINDS)[number]

/** Which items of a timeline are wanted; what is absent does not matter. */
export interface TimelineFilter {
  /** Which lines there are besides records that cannot be read; `action` unless it is said. */
  readonly kind?: TimelineKind
  readonly gateway?: string
  readonly upstream?: string
  /** `*` stands for any run of characters. */
  readonly action?: string
  readonly verdict?: Outcome
  readonly approval?: string
  readonly risk?: Risk
  /** All of these words, in any order and case. */
  readonly words?: readonly string[]
}

/** The words of a search, or undefined where none was asked for. */
export function readSearch(text: string | undefined): { words?: readonly string[] } {
  if (text === undefined || text.trim() === '') return {}
  const words = [...new Set(wordsIn(text))]
  if (words.length === 0) throw new AuditFilterInvalid('search', 'has no word in it')
  return { words }
}

/** A pattern as the right side of LIKE, where everything but `*` stands for itself. */
export function likePattern(pattern: string): string {
  return pattern.replaceAll(/[\\%_]/g, (special) => `\\${special}`).replaceAll(/\*+/g, '%')
}
