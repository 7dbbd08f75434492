import { canonicalJson } from '@sallyport/runtime'
import { TermsInvalid } from './errors.ts'
import { parseSpan, spanText } from './span.ts'
import { parseSelectors, parseStages, type Selector, type Stage, selectorText, stagesText } from './stages.ts'

/** What a permission asks of an approval beside that there is one. A time that is null is that of the installation. */
export interface ApprovalTerms {
  readonly stages: readonly Stage[]
  /** From the request on. */
  readonly answerWithinMs: number | null
  /** From the last vote on. */
  readonly useWithinMs: number | null
  readonly remindAfterMs: number | null
  readonly escalateAfterMs: number | null
  /** Whose votes count as well once it has escalated. */
  readonly fallback: readonly Selector[]
  /** The longest grant that may be born of it; 0: none. Absent: that of the installation. */
  readonly grantWithinMs?: number
}

/** The same as people write it, member by member. */
export interface TermsText {
  readonly stages: string
  readonly answerWithin?: string
  readonly useWithin?: string
  readonly remindAfter?: string
  readonly escalateAfter?: string
  readonly escalateTo?: string
  /** `none`, or the longest. */
  readonly grants?: string
}

/** Throws StagesInvalid, SpanInvalid or TermsInvalid, each of which names the member that it is about. */
export function parseTerms(text: TermsText): ApprovalTerms {
  const span = (given: string | undefined, what: string) =>
    given === undefined ? null : parseSpan(given, what)
  const terms = {
    stages: parseStages(text.stages),
    answerWithinMs: span(text.answerWithin, 'answer within'),
    useWithinMs: span(text.useWithin, 'use within'),
    remindAfterMs: span(text.remindAfter, 'remind after'),
    escalateAfterMs: span(text.escalateAfter, 'escalate after'),
    fallback: text.escalateTo === undefined ? [] : parseSelectors(text.escalateTo, 'escalate to'),
    ...grantLimit(text.grants),
  }
  checkTogether(terms)
  return terms
}

function grantLimit(text: string | undefined): Pick<ApprovalTerms, 'grantWithinMs'> {
  if (text === undefined) return {}
  return { grantWithinMs: text === NO_GRANTS ? 0 : parseSpan(text, 'grants') }
}

const NO_GRANTS = 'none'

function checkTogether({ answerWithinMs, remindAfterMs, escalateAfterMs, fallback }: ApprovalTerms): void {
  if (escalateAfterMs !== null && fallback.length === 0)
    throw new TermsInvalid('escalate after says when, and escalate to says nobody')
  if (escalateAfterMs === null && fallback.length > 0)
    throw new TermsInvalid('escalate to says whom, and escalate after does not say when')
  const inTime = [
    ['remind after', remindAfterMs],
    ['escalate after', escalateAfterMs],
  ] as const
  for (const [what, ms] of inTime) {
    if (ms === null) continue
    if (answerWithinMs === null)
      throw new TermsInvalid(`${what} needs answer within, so that it comes before the end`)
    if (ms >= answerWithinMs)
      throw new TermsInvalid(
        `${what} ${spanText(ms)} is not before the end, which is ${spanText(answerWithinMs)}`,
      )
  }
}

/** The text that `parseTerms` reads as these terms. */
export function termsText(terms: ApprovalTerms): TermsText {
  const span = <K extends string>(key: K, ms: number | null) =>
    (ms === null ? {} : { [key]: spanText(ms) }) as Partial<Record<K, string>>
  return {
    stages: stagesText(terms.stages),
    ...span('answerWithin', terms.answerWithinMs),
    ...span('useWithin', terms.useWithinMs),
    ...span('remindAfter', terms.remindAfterMs),
    ...span('escalateAfter', terms.escalateAfterMs),
    ...(terms.fallback.length > 0 && { escalateTo: terms.fallback.map(selectorText).join(' or ') }),
    ...(terms.grantWithinMs !== undefined && {
      grants: terms.grantWithinMs === 0 ? NO_GRANTS : spanText(terms.grantWithinMs),
    }),
  }
}

/** The terms with each person that they name bound to an id. `idOf` throws for a name that nobody has. */
export function boundTerms(terms: ApprovalTerms, idOf: (name: string) => string): ApprovalTerms {
  const bound = (selector: Selector): Selector =>
    selector.kind === 'person' ? { ...selector, id: idOf(selector.name) } : selector
  return {
    ...terms,
    stages: terms.stages.map(({ need, of }) => ({ need, of: of.map(bound) })),
    fallback: terms.fallback.map(bound),
  }
}

type Terms = ApprovalTerms | null

/**
 * Sorts the stricter first, for permissions that are equally specific: more votes in all, then more stages, then fewer
 * that count anyone, then fewer selectors, then no fallback before one, then less time to answer, then less to use it, then shorter grants. Terms
 * that are alike in all of that are told apart by their text, so that every instance takes the same. Null: one vote of
 * anyone, in the time of the installation.
 */
export function byTermsStrictness(a: Terms, b: Terms): number {
  const [left, right] = [rankOf(a), rankOf(b)]
  for (const [at, rank] of left.entries()) {
    const difference = rank - (right[at] ?? 0)
    if (difference !== 0) return difference
  }
  const [one, other] = [canonicalJson(a), canonicalJson(b)]
  if (one === other) return 0
  return one < other ? -1 : 1
}

/** The smaller, the stricter, one after the other. */
function rankOf(terms: Terms): readonly number[] {
  if (terms === null) return [-1, -1, 1, 1, 0, LONGER_THAN_ANY, LONGER_THAN_ANY, LONGER_THAN_ANY]
  const { stages, fallback, answerWithinMs, useWithinMs, grantWithinMs } = terms
  const selectors = stages.flatMap(({ of }) => of)
  return [
    -stages.reduce((sum, { need }) => sum + need, 0),
    -stages.length,
    stages.filter(({ of }) => of.some(({ kind }) => kind === 'anyone')).length,
    selectors.length,
    fallback.length,
    answerWithinMs ?? LONGER_THAN_ANY,
    useWithinMs ?? LONGER_THAN_ANY,
    grantWithinMs ?? LONGER_THAN_ANY,
  ]
}

const LONGER_THAN_ANY = Number.MAX_SAFE_INTEGER
