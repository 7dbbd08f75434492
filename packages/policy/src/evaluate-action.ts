import { type ApprovalTerms, byTermsStrictness } from './approval/terms.ts'
import { readingsOf } from './connectors/index.ts'
import { isOwnAction } from './own-action.ts'
import type { Permission } from './permission.ts'
import {
  findRule,
  type NamesOfAction,
  type PermissionIndex,
  type Rule,
  reachOfConnector,
  reachOfUpstream,
  rulesAbout,
} from './permission-index.ts'
import type { Beginnings } from './readings/readings.ts'
import type { Decision, Outcome } from './words.ts'

/** What the permissions say. `rule` names the winner: `permission …`, `builtin …` or `no permission`. */
export interface Evaluation {
  readonly outcome: Outcome
  readonly rule: string
  readonly reasons: readonly string[]
  readonly permissionId?: string
  /** On a hold: what it asks of the approval. Absent: one vote of anyone who may answer. */
  readonly terms?: ApprovalTerms
}

export const NO_PERMISSION = 'no permission'

/** What is looked for among the rules of a gateway. */
export interface SoughtAction {
  readonly connector: string
  readonly upstreamId: string
  /** The whole name. */
  readonly action: string
  /** How the record calls it; null where that is its name. */
  readonly recorded: string | null
  /** The narrowest first. */
  readonly lessSpecific: readonly string[]
  /** Ids of permissions that do not count. */
  readonly without?: ReadonlySet<string>
}

const ANY = '*'
const OUTCOMES: Record<Decision, Outcome> = { allow: 'allow', deny: 'deny', require_approval: 'hold' }
const ACTS: Record<Outcome, string> = { allow: 'allows', deny: 'denies', hold: 'asks a person about' }
const STRICTNESS: Record<Outcome, number> = { allow: 0, hold: 1, deny: 2 }

const NOTHING: Evaluation = {
  outcome: 'deny',
  rule: NO_PERMISSION,
  reasons: ['no permission covers this action, and what is not permitted is denied'],
}

/**
 * What the permissions say of an action in every way that a server may read it: the strictest counts. So an allowance is
 * one for all of them, and a rule against one of them is a rule against the action.
 */
export function evaluateAction(tiers: readonly PermissionIndex[], sought: SoughtAction): Evaluation {
  const { action, recorded, lessSpecific, without } = sought
  const left = without === undefined ? {} : { without }
  const namesOf = (name: string): NamesOfAction => ({
    names: [name, ...lessSpecific],
    recorded,
    ...left,
  })
  if (isOwnAction(action)) return withPerson(search(tiers, sought, namesOf(action)))
  let strictest = search(tiers, sought, namesOf(action))
  const { whole, shorter, unclear } = readingsOf(action)
  const add = (evaluation: Evaluation, why: string): void => {
    if (!isStricter(evaluation, strictest)) return
    strictest = { ...evaluation, reasons: [...evaluation.reasons, why] }
  }
  const readAs = (name: string) => (recorded === null ? `servers may read it as ${name}` : READ_OTHERWISE)
  for (const name of whole) add(search(tiers, sought, namesOf(name)), readAs(name))
  for (const name of shorter) {
    const evaluation = search(tiers, sought, namesOf(name))
    if (evaluation.rule !== NO_PERMISSION) add(evaluation, readAs(name))
  }
  if (unclear !== null)
    for (const evaluation of searchAbout(tiers, sought, namesOf(action), unclear)) add(evaluation, UNCLEAR)
  return strictest
}

/**
 * What the permissions say, and behind it what they would say if each before had not been set: the ranking of all that
 * cover the action, by the one search that decides. Without the last, that nothing covers it.
 */
export function rankPermissions(
  tiers: readonly PermissionIndex[],
  sought: Omit<SoughtAction, 'without'>,
): readonly Evaluation[] {
  const ranked: Evaluation[] = []
  const without = new Set<string>()
  for (;;) {
    const next = evaluateAction(tiers, { ...sought, without })
    if (next.permissionId === undefined || without.has(next.permissionId)) return ranked
    ranked.push(next)
    without.add(next.permissionId)
  }
}

/** A request for access is one to a person, so an allowance of it asks one too. */
function withPerson(evaluation: Evaluation): Evaluation {
  const { outcome, reasons } = evaluation
  return outcome === 'deny'
    ? evaluation
    : { ...evaluation, outcome: 'hold', reasons: [...reasons, ONLY_A_WISH] }
}

const ONLY_A_WISH = 'the agent asks for access: approving this records the wish and permits nothing by itself'

function isStricter(a: Evaluation, b: Evaluation): boolean {
  if (a.outcome !== b.outcome) return STRICTNESS[a.outcome] > STRICTNESS[b.outcome]
  return a.outcome === 'hold' && byTermsStrictness(a.terms ?? null, b.terms ?? null) < 0
}

const READ_OTHERWISE = 'servers may read it in another way than it is written'
const UNCLEAR =
  'it cannot be told what servers make of it, so the strictest rule that it may fall under counts'

/**
 * First the tiers: explicit before built-in, and the named gateway before `*`. Then the reaches: the upstream, its
 * kind, everything. Then the names: the action's own before its wider ones. docs/permissions.md has it with examples.
 */
function search(tiers: readonly PermissionIndex[], sought: SoughtAction, names: NamesOfAction): Evaluation {
  for (const { tier, reach } of places(tiers, sought)) {
    const rule = findRule(tier, reach, names)
    if (rule !== undefined) return evaluationOf(rule)
  }
  return NOTHING
}

/** What each rule says that may win for a name that begins so; that there is none, where there may be none. */
function* searchAbout(
  tiers: readonly PermissionIndex[],
  sought: SoughtAction,
  names: NamesOfAction,
  beginnings: Beginnings,
): Generator<Evaluation> {
  for (const { tier, reach } of places(tiers, sought)) {
    const { rules, covers } = rulesAbout(tier, reach, names, beginnings)
    for (const rule of rules) yield evaluationOf(rule)
    if (covers) return
  }
  yield NOTHING
}

function* places(
  tiers: readonly PermissionIndex[],
  { connector, upstreamId }: Pick<SoughtAction, 'connector' | 'upstreamId'>,
): Generator<{ readonly tier: PermissionIndex; readonly reach: string }> {
  const reaches = [reachOfUpstream(upstreamId), reachOfConnector(connector), reachOfConnector(ANY)]
  for (const tier of tiers) for (const reach of reaches) yield { tier, reach }
}

function evaluationOf({ permission }: Rule): Evaluation {
  const outcome = OUTCOMES[permission.decision]
  const rule = ruleOf(permission)
  const { upstream, connector } = permission
  const reach = upstream === null ? `connector ${connector}` : `upstream ${upstream.name}`
  const scope = `gateway ${permission.gateway}, ${reach}`
  return {
    outcome,
    rule,
    reasons: [`${rule} (${scope}) ${ACTS[outcome]} this action`],
    permissionId: permission.id,
    ...(outcome === 'hold' && permission.approval && { terms: permission.approval }),
  }
}

function ruleOf({ origin, action }: Permission): string {
  return `${origin === 'builtin' ? 'builtin' : 'permission'} ${action}`
}
