import type { Span } from './finding.ts'
import { findSecretsBeside } from './secrets/find-secrets.ts'

/** One secret that was taken out: where its marker stands in the text that is shown, and how long the secret is. */
export interface Mask {
  readonly start: number
  readonly end: number
  readonly kind: string
  readonly characters: number
}

export interface RedactedText {
  readonly text: string
  /** Each secret found, shown or not, in order. */
  readonly secrets: readonly Pick<Span, 'kind' | 'severity'>[]
  readonly masks: readonly Mask[]
  readonly scanned: number
}

/** Finds what is secret in a text because of where it stands, such as under the key `password`. */
export type FindByPlace = (text: string) => readonly Span[]

/** A secret that the window cuts in two begins in this margin, or is long enough before it to be recognised. */
const MARGIN = 2048
const HALF_PAIR = /[\ud800-\udbff]$/
const NONE: readonly never[] = []

/** What stands for a secret: its kind and its length, in UTF-16 units. */
export function marker(kind: string, characters: number): string {
  return `[redacted:${kind}, ${characters} characters]`
}

/**
 * The text with each secret replaced by its marker, cut to `keep` characters. Only `window` characters are scanned, and
 * nothing is kept that was not scanned.
 */
export function redactText(text: string, keep: number, window: number, byPlace?: FindByPlace): RedactedText {
  const isWhole = text.length <= window
  const scanned = isWhole ? text : text.slice(0, window)
  const secrets = findSecretsBeside(scanned, byPlace?.(scanned) ?? NONE)
  if (secrets.length === 0 && text.length <= keep && isWhole)
    return { text: text.toWellFormed(), secrets: NONE, masks: NONE, scanned: text.length }

  const limit = isWhole ? text.length : Math.max(0, window - MARGIN)
  const masks: Mask[] = []
  let shown = ''
  let position = 0
  for (const { start, end, kind } of secrets) {
    if (start >= limit || shown.length + (start - position) >= keep) break
    shown += text.slice(position, start)
    const mask = marker(kind, end - start)
    masks.push({ start: shown.length, end: shown.length + mask.length, kind, characters: end - start })
    shown += mask
    position = end
  }
  if (shown.length < keep && position < limit) {
    const end = Math.min(limit, position + keep - shown.length)
    shown += text.slice(position, end)
    position = end
  }
  if (position < text.length && HALF_PAIR.test(shown)) {
    shown = shown.slice(0, -1)
    position -= 1
  }
  const left = text.length - position
  return {
    text: (left > 0 ? `${shown}…(+${left} chars)` : shown).toWellFormed(),
    secrets,
    masks,
    scanned: scanned.length,
  }
}
