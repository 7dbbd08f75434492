import {
  compilePattern,
  type DecisionInput,
  matches,
  type Outcome,
  type Pattern,
  type Verdict,
} from '@sallyport/policy'

/** An organisation-wide rule over the whole input. It can only make a verdict stricter. */
export interface Guardrail {
  readonly name: string
  /** The actions whose arguments it reads; of all others it gets none. */
  readonly readsArgumentsOf: readonly ActionScope[]
  /** Undefined where it has nothing against it. Throwing is a fault, and the action is denied. */
  judge(input: DecisionInput): Objection | undefined
}

/** `*` is any gateway or upstream; `action` is a pattern. */
export interface ActionScope {
  readonly gateway: string
  readonly upstream: string
  readonly action: string
}

export interface Objection {
  readonly outcome: Exclude<Outcome, 'allow'>
  readonly reason: string
}

/** Says of which actions some rule in force reads the arguments. */
export type ArgumentReaders = (input: DecisionInput) => boolean

const ANY = '*'

/** Throws PatternInvalid. */
export function indexReaders(guardrails: readonly Guardrail[]): ArgumentReaders {
  const scopes = guardrails.flatMap(({ readsArgumentsOf }) => readsArgumentsOf)
  if (scopes.length === 0) return () => false
  const byUpstream = new Map<string, { readonly gateway: string; readonly pattern: Pattern }[]>()
  for (const { gateway, upstream, action } of scopes) {
    const scope = { gateway, pattern: compilePattern(action) }
    byUpstream.set(upstream, [...(byUpstream.get(upstream) ?? []), scope])
  }
  return ({ gateway, upstream, action, lessSpecific }) => {
    const named = [...(byUpstream.get(upstream) ?? []), ...(byUpstream.get(ANY) ?? [])]
    return named.some(
      (scope) =>
        (scope.gateway === ANY || scope.gateway === gateway) &&
        [action, ...lessSpecific].some((name) => matches(scope.pattern, name)),
    )
  }
}

const STRICTNESS: Readonly<Record<Outcome, number>> = { allow: 0, hold: 1, deny: 2 }

/** The verdict after every guardrail was asked: the strictest wins, and of equals the first. */
export function judgeByGuardrails(
  guardrails: readonly Guardrail[],
  input: DecisionInput,
  verdict: Verdict,
): Verdict {
  let strictest = verdict
  for (const guardrail of guardrails) {
    const objection = guardrail.judge(input)
    if (objection === undefined || STRICTNESS[objection.outcome] <= STRICTNESS[strictest.outcome]) continue
    const { outcome, reason } = objection
    strictest = {
      ...strictest,
      by: 'guardrails',
      outcome,
      rule: `guardrail ${guardrail.name}`,
      reasons: [reason],
    }
  }
  return strictest
}
