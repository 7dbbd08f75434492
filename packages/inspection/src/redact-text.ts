import { findSecrets } from './find-secrets.ts'

export interface RedactedText {
  readonly text: string
  /** The kind of each secret found, shown or not, in order. */
  readonly kinds: readonly string[]
  readonly scanned: number
}

/** A secret that the window cuts in two begins in this margin, or is long enough before it to be recognised. */
const MARGIN = 2048
const HALF_PAIR = /[\ud800-\udbff]$/

/**
 * The text with each secret replaced by `[redacted:kind]`, cut to `keep` characters. Only `window` characters are
 * scanned, and nothing is kept that was not scanned.
 */
export function redactText(text: string, keep: number, window: number): RedactedText {
  const isWhole = text.length <= window
  const scanned = isWhole ? text : text.slice(0, window)
  const secrets = findSecrets(scanned)
  if (secrets.length === 0 && text.length <= keep)
    return { text: text.toWellFormed(), kinds: [], scanned: text.length }

  const limit = isWhole ? text.length : Math.max(0, window - MARGIN)
  let shown = ''
  let position = 0
  for (const { start, end, kind } of secrets) {
    if (start >= limit || shown.length + (start - position) >= keep) break
    shown += `${text.slice(position, start)}[redacted:${kind}]`
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
    kinds: secrets.map(({ kind }) => kind),
    scanned: scanned.length,
  }
}
