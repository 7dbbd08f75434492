import type { Secrets } from '../finding.ts'

/**
 * A way to find secrets. `find` is asked wherever one of its keywords stands, regardless of case, with where the keyword
 * begins and ends. Each question looks at a bounded stretch of the text, or at one that `end` says is done: it is not
 * asked about keywords before that.
 */
export interface Finder {
  readonly keywords: readonly string[]
  find(text: string, start: number, end: number): Secrets | undefined
}

export function after(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at
  return sticky.test(text) ? sticky.lastIndex : at
}
