import type { Severity } from '../finding.ts'
import { scoreInjection } from '../injection/find-injection.ts'
import { findSecretsBeside } from '../secrets/find-secrets.ts'
import { findUnderKey, isSecretKey } from '../secrets/secret-keys.ts'
import { judgeUrl } from '../ssrf/judge-url.ts'
import { type Leaf, leavesOf } from './leaves.ts'

/** What a text is to an agent. */
export const PLACES = ['arguments', 'result', 'tool', 'url'] as const
export type Place = (typeof PLACES)[number]

const VERDICTS = ['allow', 'redact', 'hold', 'block'] as const
/** In the order of their strictness. */
type InspectionVerdict = (typeof VERDICTS)[number]

/** What was seen, and where; never the text itself. */
export interface PlacedFinding {
  readonly kind: 'secret' | 'injection' | 'poisoning' | 'ssrf' | 'unread'
  /** The stable id of what matched: `secret.github_token`, `injection.override`, `ssrf.metadata`. */
  readonly rule: string
  readonly severity: Severity
  /** JSON pointer (RFC 6901) into the input; empty for the input itself. */
  readonly path: string
  /** In UTF-16 units of that text. A sign of injection is about all of it. */
  readonly offset: number
  readonly length: number
}

export interface Inspection {
  readonly verdict: InspectionVerdict
  readonly findings: readonly PlacedFinding[]
}

/** From here on a text counts as instructions that were slipped in. A definition has less reason to sound like that. */
const THRESHOLDS = { result: 0.55, tool: 0.5 } as const
const MOST_FINDINGS = 100

/**
 * What is seen in a text or a JSON value, and what would come of it by default: secrets are redacted, results that give
 * instructions and definitions of tools that do are held, and an address that does not lead to the public internet is
 * blocked. Findings of severity `low` count for nothing. Pure and linear.
 */
export function inspect(place: Place, input: unknown): Inspection {
  const findings = place === 'url' ? urlFindings(input) : valueFindings(place, input)
  const counting = findings.filter(({ severity }) => severity !== 'low')
  const verdict = counting.map(({ kind }) => BY_DEFAULT[kind]).reduce(stricter, 'allow')
  return { verdict, findings: findings.slice(0, MOST_FINDINGS) }
}

const BY_DEFAULT: Readonly<Record<PlacedFinding['kind'], InspectionVerdict>> = {
  secret: 'redact',
  injection: 'hold',
  poisoning: 'hold',
  ssrf: 'block',
  // Nobody knows what is in it.
  unread: 'hold',
}

function stricter(one: InspectionVerdict, other: InspectionVerdict): InspectionVerdict {
  return VERDICTS.indexOf(one) >= VERDICTS.indexOf(other) ? one : other
}

function valueFindings(place: Exclude<Place, 'url'>, input: unknown): PlacedFinding[] {
  const { leaves, unread } = leavesOf(input)
  const beyond = unread.map((path): PlacedFinding => {
    return { kind: 'unread', rule: 'unread.depth', severity: 'high', path, offset: 0, length: 0 }
  })
  return [...beyond, ...leaves.flatMap((leaf) => leafFindings(place, leaf))]
}

function leafFindings(place: Exclude<Place, 'url'>, leaf: Leaf): PlacedFinding[] {
  const secrets = secretFindings(leaf)
  return place === 'arguments' ? secrets : [...secrets, ...injectionFindings(place, leaf)]
}

function secretFindings({ path, text, key }: Leaf): PlacedFinding[] {
  const byKey = key !== null && isSecretKey(key, text) ? findUnderKey(key)(text) : []
  return findSecretsBeside(text, byKey).map(({ start, end, kind, severity }) => ({
    kind: 'secret',
    rule: `secret.${kind}`,
    severity,
    path,
    offset: start,
    length: end - start,
  }))
}

function injectionFindings(place: 'result' | 'tool', { path, text }: Leaf): PlacedFinding[] {
  const { score, signs } = scoreInjection(text, place === 'tool' ? 'definition' : 'content')
  const kind = place === 'tool' ? 'poisoning' : 'injection'
  const severity = score >= THRESHOLDS[place] ? 'high' : 'low'
  return signs.map(({ family }) => ({
    kind,
    rule: `${kind}.${family}`,
    severity,
    path,
    offset: 0,
    length: text.length,
  }))
}

function urlFindings(input: unknown): PlacedFinding[] {
  const text = typeof input === 'string' ? input : JSON.stringify(input)
  const fault = judgeUrl(text)
  if (fault === undefined) return []
  return [{ kind: 'ssrf', rule: fault.rule, severity: 'high', path: '', offset: 0, length: text.length }]
}
