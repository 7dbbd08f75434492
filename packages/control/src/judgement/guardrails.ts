import {
  compilePattern,
  type DecisionInput,
  matches,
  type Outcome,
  readingsOf,
  UNREAD_ARGUMENTS,
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

/** A rule failed on this action, so it was denied without being judged by it. */
export const RULE_FAILED = 'SP_DECISION_RULE_FAILED'

/** A guardrail whose scopes are compiled. */
export interface CompiledGuardrail {
  readonly guardrail: Guardrail
  /** Whether it reads the arguments of this action, in any way that a server may read its name. */
  readonly reads: (input: DecisionInput) => boolean
}

const ANY = '*'

/** Throws PatternInvalid. */
export function compileGuardrails(guardrails: readonly Guardrail[]): readonly CompiledGuardrail[] {
  return guardrails.map((guardrail) => ({ guardrail, reads: readerOf(guardrail.readsArgumentsOf) }))
}

function readerOf(scopes: readonly ActionScope[]): CompiledGuardrail['reads'] {
  const compiled = scopes.map((scope) => ({ ...scope, pattern: compilePattern(scope.action) }))
  return ({ gateway, upstream, action, lessSpecific }) => {
    const inReach = compiled.filter(
      (scope) =>
        (scope.gateway === ANY || scope.gateway === gateway) &&
        (scope.upstream === ANY || scope.upstream === upstream),
    )
    if (inReach.length === 0) return false
    const { whole, shorter, unclear } = readingsOf(action)
    const names = [action, ...whole, ...shorter, ...lessSpecific]
    return unclear !== null || inReach.some(({ pattern }) => names.some((name) => matches(pattern, name)))
  }
}

const STRICTNESS: Readonly<Record<Outcome, number>> = { allow: 0, hold: 1, deny: 2 }

/**
 * The verdict after every guardrail was asked: the strictest wins, and of equals the first. One that reads arguments is
 * never asked without them, and one that does not never sees them. One that throws is a fault and a denial.
 */
export function judgeByGuardrails(
  guardrails: readonly CompiledGuardrail[],
  input: DecisionInput,
  verdict: Verdict,
): Verdict {
  const readers = guardrails.filter(({ reads }) => reads(input))
  const readsArguments = readers.length > 0
  if (readsArguments && input.arguments.text === null && input.arguments.why !== 'none')
    return unreadDenial(input.arguments.why, verdict)
  const unread =
    input.arguments.text === null || readers.length === guardrails.length
      ? input
      : { ...input, arguments: UNREAD_ARGUMENTS }
  let strictest: Verdict = readsArguments ? { ...verdict, readsArguments } : verdict
  for (const compiled of guardrails) {
    const { guardrail } = compiled
    const objection = objectionOf(guardrail, readers.includes(compiled) ? input : unread)
    if (objection === 'failed') return failedDenial(guardrail, input, strictest)
    if (objection === undefined || STRICTNESS[objection.outcome] <= STRICTNESS[strictest.outcome]) continue
    const { outcome, reason } = objection
    const rule = `guardrail ${guardrail.name}`
    strictest = { ...strictest, by: 'guardrails', outcome, rule, reasons: [reason] }
  }
  return strictest
}

function objectionOf(guardrail: Guardrail, input: DecisionInput): Objection | 'failed' | undefined {
  try {
    return guardrail.judge(input)
  } catch {
    // What was thrown may hold a part of the arguments.
    return 'failed'
  }
}

function failedDenial(
  { name }: Guardrail,
  { recordedAction, gateway, upstream }: DecisionInput,
  verdict: Verdict,
): Verdict {
  const reason = `a fault, not a judgement: guardrail ${name} failed on ${recordedAction} of ${gateway} at ${upstream}`
  return {
    ...verdict,
    outcome: 'deny',
    by: 'fault',
    rule: 'fault',
    reasons: [reason],
    fault: RULE_FAILED,
  }
}

const WHY_UNREAD = {
  unread: 'they were not sent',
  too_large: 'they are larger than may be read',
  not_json: 'they are not JSON',
} as const

function unreadDenial(why: keyof typeof WHY_UNREAD, verdict: Verdict): Verdict {
  return {
    ...verdict,
    outcome: 'deny',
    by: 'guardrails',
    rule: 'guardrails: arguments',
    reasons: [`a rule in force reads the arguments, and ${WHY_UNREAD[why]}`],
    needs: why === 'unread' ? 'arguments' : null,
    readsArguments: true,
  }
}
