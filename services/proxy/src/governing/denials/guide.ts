import type { ControlView } from '@sallyport/control'
import type { DecisionInput, Verdict } from '@sallyport/policy'
import type { DecisionPoint } from '@sallyport/rpc'
import type { Alternative } from '../../domain/denial-shape.ts'
import { type Guidance, NO_GUIDANCE, type Repeat } from '../../domain/guidance.ts'
import type { ActionVerdict } from '../../domain/verdict.ts'
import { decisionInput } from '../decision-input.ts'
import type { Exchange } from '../exchange.ts'

/** Something of the same upstream that the agent could use in the place of what was denied. */
export interface Candidate {
  readonly kind: Alternative['kind']
  readonly name: string
  /** The question whether it may be used. */
  readonly input: DecisionInput
}

/** What a connector knows of the things that an agent could use in the place of what was denied. */
export interface Candidates {
  /** The nearest first; at most `MOST_CANDIDATES`. */
  readonly instead: readonly Candidate[]
  /** The tool of ours that asks for access, where the protocol has room for one. */
  readonly ask: { readonly tool: string; readonly input: DecisionInput } | null
}

export interface GuideNeeds {
  readonly decision: DecisionPoint
  readonly control: Pick<ControlView, 'offset'>
  readonly clock: () => Date
}

/** So many are judged for one denial, all at once. */
export const MOST_CANDIDATES = 64
const MOST_TOLD = 5
/** A denial does not wait longer than this for advice. */
const MOST_MS = 300

/** The layers that another tool may pass. A kill switch or an unknown gateway stops all of them. */
const GUIDED: ReadonlySet<ActionVerdict['by']> = new Set(['permissions', 'catalog', 'guardrails', 'approval'])

/**
 * Finds what a denied agent may do in its place: the decision service judges the candidates, as it would their use. No
 * answer in time, or none at all, is a denial without advice.
 */
export class Guide<E extends Exchange> {
  readonly #needs: GuideNeeds
  readonly #candidates: (exchange: E, asked: DecisionInput) => Candidates

  constructor(needs: GuideNeeds, candidates: (exchange: E, asked: DecisionInput) => Candidates) {
    this.#needs = needs
    this.#candidates = candidates
  }

  guidance(exchange: E, { by }: ActionVerdict, repeat: Repeat): Guidance | Promise<Guidance> {
    const unguided = { ...NO_GUIDANCE, repeat }
    if (repeat.told !== 'whole' || !GUIDED.has(by)) return unguided
    const { decision, control, clock } = this.#needs
    const { instead, ask } = this.#candidates(exchange, decisionInput(control, exchange, null, clock()))
    const inputs = [...instead.map(({ input }) => input), ...(ask === null ? [] : [ask.input])]
    if (inputs.length === 0) return unguided
    const told = (verdicts: readonly Verdict[]): Guidance => ({
      allowed: allowedOf(instead, verdicts),
      askWith: ask !== null && verdicts.at(-1)?.outcome === 'hold' ? ask.tool : null,
      repeat,
    })
    try {
      const judging = decision.decideMany(inputs)
      if (!(judging instanceof Promise)) return told(judging)
      return inTime(judging).then((verdicts) => (verdicts === undefined ? unguided : told(verdicts)))
    } catch {
      return unguided
    }
  }
}

function allowedOf(instead: readonly Candidate[], verdicts: readonly Verdict[]): readonly Alternative[] {
  return instead
    .flatMap(({ kind, name }, at) => {
      const { outcome, needs } = verdicts[at] ?? DENY
      // As in lists: it is denied only for want of what a call brings along.
      if (outcome === 'deny' && needs === null) return []
      return [{ kind, name, needsPerson: outcome === 'hold' }]
    })
    .slice(0, MOST_TOLD)
}

const DENY = { outcome: 'deny', needs: null } as const

async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>()
  const timer = setTimeout(() => late.resolve(undefined), MOST_MS)
  try {
    return await Promise.race([work.catch(() => undefined), late.promise])
  } finally {
    clearTimeout(timer)
  }
}
