/** What somebody who injects instructions tries to do. */
export type Family =
  | 'override'
  | 'role_forging'
  | 'authority'
  | 'exfiltration'
  | 'tool_steering'
  | 'secrecy'
  | 'urgency'
  | 'markup'
  | 'hidden_text'
  | 'jailbreak'

/** A turn of phrase, in text as `plainText` makes it: lower case, one blank between words, nothing invisible. */
export interface Phrase {
  readonly family: Family
  /** How much it says alone, from 0 to 1. */
  readonly weight: number
  /** One of these stands in it. Without one it is looked for in text that is not ASCII. */
  readonly keywords: readonly string[]
  /** Every quantifier is bounded. */
  readonly pattern: RegExp
}

export function phrase(
  family: Family,
  weight: number,
  keywords: string | readonly string[],
  pattern: RegExp,
): Phrase {
  return { family, weight, keywords: typeof keywords === 'string' ? keywords.split(' ') : keywords, pattern }
}
