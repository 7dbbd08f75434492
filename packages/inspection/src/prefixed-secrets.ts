import type { Span } from './finding.ts'

interface Shape {
  readonly kind: string
  readonly prefixes: readonly string[]
  /** Sticky. One character class with one greedy quantifier and nothing after it: there is nothing to go back to. */
  readonly body: RegExp
}

const UPPER_16 = /[A-Z0-9]{16,}/y
const ALNUM_16 = /[A-Za-z0-9]{16,}/y
const WORD_10 = /[A-Za-z0-9_-]{10,}/y
const WORD_16 = /[A-Za-z0-9_-]{16,}/y
const WORD_20 = /[A-Za-z0-9_-]{20,}/y
const WORD_30 = /[A-Za-z0-9_-]{30,}/y
const DOTTED_40 = /[A-Za-z0-9_.-]{40,}/y
const PATH_20 = /[A-Za-z0-9/]{20,}/y

const SHAPES: readonly Shape[] = [
  { kind: 'aws_access_key_id', prefixes: ['AKIA', 'ASIA'], body: UPPER_16 },
  { kind: 'github_token', prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'], body: WORD_20 },
  { kind: 'gitlab_token', prefixes: ['glpat-'], body: WORD_16 },
  { kind: 'anthropic_key', prefixes: ['sk-ant-'], body: WORD_16 },
  { kind: 'openai_key', prefixes: ['sk-'], body: WORD_20 },
  {
    kind: 'slack_token',
    prefixes: ['xoxa-', 'xoxb-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'],
    body: WORD_10,
  },
  { kind: 'slack_webhook', prefixes: ['hooks.slack.com/services/'], body: PATH_20 },
  {
    kind: 'stripe_key',
    prefixes: ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'whsec_'],
    body: ALNUM_16,
  },
  { kind: 'google_api_key', prefixes: ['AIza'], body: WORD_30 },
  { kind: 'sendgrid_key', prefixes: ['SG.'], body: DOTTED_40 },
  { kind: 'npm_token', prefixes: ['npm_'], body: WORD_30 },
  { kind: 'huggingface_token', prefixes: ['hf_'], body: WORD_30 },
  { kind: 'sallyport_token', prefixes: ['sp_gw_', 'sp_api_'], body: WORD_16 },
]

const BODIES = new Map(SHAPES.flatMap((shape) => shape.prefixes.map((prefix) => [prefix, shape] as const)))

/** An alternation of literals, longest first. `sk-` alone also ends `task-` and `risk-`, so a word may not run into it. */
const PREFIX = new RegExp(
  [...BODIES.keys()]
    .sort((a, b) => b.length - a.length)
    .map((prefix) => (prefix.startsWith('sk-') ? '(?<![A-Za-z0-9])' : '') + prefix.replaceAll('.', '\\.'))
    .join('|'),
  'g',
)

/**
 * Secrets that say by their first characters what they are. Linear: a body that is long enough is skipped, one that
 * is not was shorter than its minimum.
 */
export function findPrefixedSecrets(text: string): Span[] {
  const spans: Span[] = []
  PREFIX.lastIndex = 0
  for (let found = PREFIX.exec(text); found !== null; found = PREFIX.exec(text)) {
    const shape = BODIES.get(found[0])
    if (shape === undefined) continue
    shape.body.lastIndex = PREFIX.lastIndex
    if (!shape.body.test(text)) continue
    spans.push({ start: found.index, end: shape.body.lastIndex, kind: shape.kind })
    PREFIX.lastIndex = shape.body.lastIndex
  }
  return spans
}
