import { KeywordSearch } from '../keyword-search.ts'
import { ENGLISH } from './english.ts'
import { LANGUAGES } from './languages.ts'
import type { Family, Phrase } from './phrase.ts'
import { plainText } from './plain-text.ts'

/** One turn of phrase that was found. */
export interface InjectionSign {
  readonly family: Family
  readonly weight: number
  /** How it reads, at most 160 characters. */
  readonly text: string
}

export interface InjectionScore {
  /** From 0 to 1: how much the text looks like instructions that somebody slipped in. */
  readonly score: number
  /** The strongest sign of each family, the strongest first. */
  readonly signs: readonly InjectionSign[]
}

const PHRASES: readonly Phrase[] = [...ENGLISH, ...LANGUAGES]
const SEARCH = new KeywordSearch(PHRASES)
/** Those of languages in other scripts: tried on the whole of such a text. */
const ELSEWHERE = PHRASES.filter(({ keywords }) => keywords.length === 0)
/** How far from its keyword a phrase reaches, in UTF-16 units. */
const BEFORE = 160
const BEHIND = 280
const LONGEST_SIGN = 160
const CONFIRMS = 0.5
const OTHER_SCRIPT = /[\u0400-\u1fff\u3040-\ud7af]/
const NONE: InjectionScore = { score: 0, signs: [] }

/**
 * How much a text looks like instructions to a model that reads it. It weighs turns of phrase and does not understand:
 * a plain wish ("send this file to …") has no score. In content, what is quoted and told about attacks says less; a
 * definition of a tool has no reason to tell of them. Linear in the text.
 */
export function scoreInjection(raw: string, place: 'content' | 'definition' = 'content'): InjectionScore {
  const { text, hidden, invisible } = plainText(raw)
  const strongest = new Map<Family, InjectionSign>()
  const weigh = place === 'content' ? discount : () => 1
  const note = (sign: InjectionSign) => {
    const before = strongest.get(sign.family)
    // Another turn of phrase of the same family confirms the first.
    const [weak, strong] =
      before === undefined || before.weight < sign.weight ? [before, sign] : [sign, before]
    const weight = weak === undefined ? strong.weight : 1 - (1 - strong.weight) * (1 - weak.weight * CONFIRMS)
    strongest.set(sign.family, { ...strong, weight })
  }
  collect(text, weigh, note)
  if (hidden.trim().length > 3) {
    note({ family: 'hidden_text', weight: 0.7, text: hidden.slice(0, LONGEST_SIGN) })
    collect(hidden.toLowerCase(), () => 1, note)
  }
  if (invisible >= 3)
    note({
      family: 'hidden_text',
      weight: 0.35,
      text: `${invisible} characters that do not show inside of words`,
    })
  if (strongest.size === 0) return NONE
  const signs = [...strongest.values()].sort((a, b) => b.weight - a.weight)
  // Signs of different families confirm each other.
  const score = 1 - signs.reduce((doubt, { weight }) => doubt * (1 - weight), 1)
  return { score, signs }
}

type Weigh = (text: string, at: number, length: number) => number

function collect(text: string, weigh: Weigh, note: (sign: InjectionSign) => void): void {
  const noteFound = ({ family, weight }: Phrase, found: string, at: number) =>
    note({
      family,
      weight: weight * weigh(text, at, found.length),
      text: found.slice(0, LONGEST_SIGN).trim(),
    })
  SEARCH.run(text, (phrase, start, end) => {
    const from = Math.max(0, start - BEFORE)
    const found = phrase.pattern.exec(text.slice(from, end + BEHIND))
    if (found === null) return end + BEHIND - BEFORE
    noteFound(phrase, found[0], from + found.index)
    // Once is enough.
    return text.length
  })
  if (!OTHER_SCRIPT.test(text)) return
  for (const phrase of ELSEWHERE) {
    const found = phrase.pattern.exec(text)
    if (found !== null) noteFound(phrase, found[0], found.index)
  }
}

const ABOUT_ATTACKS =
  /prompt[- ]injections?|jailbreak\w{0,4}|attack(?:er|s)?\b|malicious|adversarial|exploit|vulnerab|payloads?|red[- ]team|owasp|poisoning|phrases? like|guardrails?|sanitiz|mitigat/g
const NEAR = 400

/** In quotation marks, or in a text about attacks, it is likely to be told and not meant. One such word proves nothing. */
function discount(text: string, at: number, length: number): number {
  const before = text.slice(Math.max(0, at - 3), at)
  const behind = text.slice(at + length, at + length + 120)
  const isQuoted = /["'`“”«„]\s?$/.test(before) && /["'`“”»]/.test(behind)
  const words = text.slice(Math.max(0, at - NEAR), at + length + NEAR).match(ABOUT_ATTACKS)
  const about = new Set(words).size
  if (about >= 2) return isQuoted ? 0.25 : 0.5
  return isQuoted ? (about === 1 ? 0.5 : 0.85) : 1
}
