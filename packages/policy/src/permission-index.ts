import { listedBeginning } from './connectors/index.ts'
import { isOwnAction, OWN } from './own-action.ts'
import { bySpecificity, compilePattern, matches, type Pattern, parsePattern } from './pattern.ts'
import { byStrictness, type Permission } from './permission.ts'
import { readPattern } from './readings/pattern-readings.ts'
import type { Beginnings } from './readings/readings.ts'

/** A permission with its pattern read. */
export interface Rule {
  readonly permission: Permission
  readonly pattern: Pattern
}

/** The permission by its pattern as it was written, and as addresses in it are read. Throws PatternInvalid. */
export function rulesOf(permission: Permission): readonly Rule[] {
  const read = readPattern(permission.action).map(parsePattern)
  return [compilePattern(permission.action), ...read].map((pattern) => ({ permission, pattern }))
}

interface Ranked extends Rule {
  /** Its place in the order of precedence; 0 wins over everything. */
  readonly rank: number
}

/**
 * The rules of one reach: one upstream, one kind, or everything. Wildcards are found by their literal head, so that
 * the cost grows with the number of different head lengths and not with the number of rules.
 */
interface Bucket {
  /** All of them, the winning one first. */
  readonly rules: Rule[]
  readonly exact: Map<string, Rule>
  readonly wildByHead: Map<string, Ranked[]>
  readonly headLengths: Set<number>
  /** The rule whose pattern is `*` alone: it says nothing about any name, so it comes after every other. */
  catchAll: Rule | undefined
}

/** Rules of one origin and one gateway level, by reach. */
export type PermissionIndex = ReadonlyMap<string, Bucket>

/** The reach of one upstream, by its id. */
export const reachOfUpstream = (id: string): string => `upstream ${id}`
/** The reach of every upstream of a kind; of `*`, of every upstream. */
export const reachOfConnector = (kind: string): string => `connector ${kind}`

export function indexRules(rules: Iterable<Rule>): PermissionIndex {
  const index = new Map<string, Bucket>()
  for (const [rank, rule] of [...rules].sort(byPrecedence).entries()) {
    const reach = reachOf(rule.permission)
    if (reach === undefined) continue
    const bucket = index.get(reach) ?? emptyBucket()
    index.set(reach, bucket)
    bucket.rules.push(rule)
    if (rule.pattern.exact) addExact(bucket, rule)
    else if (rule.pattern.literals === 0) bucket.catchAll ??= rule
    else addWild(bucket, { ...rule, rank })
  }
  return index
}

/** A permission that waits for its upstream has none. */
function reachOf({ upstream, connector }: Permission): string | undefined {
  if (upstream === null) return reachOfConnector(connector)
  return upstream.id === null ? undefined : reachOfUpstream(upstream.id)
}

/** The names that a rule of one action is looked for by. */
export interface NamesOfAction {
  /** Its own name, whole, then wider ones: the narrowest comes first. */
  readonly names: readonly string[]
  /** How the record calls it, where that is not its own name. A permission may name it by that too, and no pattern does. */
  readonly recorded: string | null
  /** Ids of permissions that do not count, to find the one that would win without them. */
  readonly without?: ReadonlySet<string>
}

/** The rule of this reach that wins for the first name that one covers, or undefined. */
export function findRule(
  index: PermissionIndex,
  reach: string,
  { names, recorded, without = NONE }: NamesOfAction,
): Rule | undefined {
  const bucket = index.get(reach)
  if (bucket === undefined) return undefined
  const counts = (rule: Rule) => !without.has(rule.permission.id)
  const exact = (name: string) => only(bucket.exact.get(name), counts)
  const named = recorded === null ? undefined : exact(recorded)
  const [own = ''] = names
  if (isOwnAction(own)) return exact(own) ?? findWild(bucket, own, (rule) => namesOwn(rule) && counts(rule))
  // Where there is a wider name, a beginning of both tells nothing about either.
  const tells =
    names.length === 1 ? counts : (rule: Rule) => !isCommonBeginning(rule.pattern, names) && counts(rule)
  for (const name of names) {
    const rule = stricter(exact(name), named) ?? findWild(bucket, name, tells)
    if (rule !== undefined) return rule
  }
  return (names.length === 1 ? undefined : findWild(bucket, own, counts)) ?? only(bucket.catchAll, counts)
}

const NONE: ReadonlySet<string> = new Set()

/** The tools of Sallyport itself are offered by name: `*`, for all that upstreams have, does not mean them. */
export function namesOwn({ pattern }: Rule): boolean {
  return pattern.head.startsWith(OWN)
}

function only(rule: Rule | undefined, admits: (rule: Rule) => boolean): Rule | undefined {
  return rule !== undefined && admits(rule) ? rule : undefined
}

/** Whether it is a beginning of every name, such as `mcp.*` of `mcp.resources.x` and `mcp.rpc.resources_read`. */
function isCommonBeginning({ head, tail, middle, exact }: Pattern, names: readonly string[]): boolean {
  return !exact && tail === '' && middle.length === 0 && names.every((name) => name.startsWith(head))
}

function stricter(a: Rule | undefined, b: Rule | undefined): Rule | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return byStrictness(a.permission, b.permission) <= 0 ? a : b
}

/**
 * The rules of this reach that win for some name that begins so. `covers`: there is one for each such name, so that no
 * later reach counts.
 */
export function rulesAbout(
  index: PermissionIndex,
  reach: string,
  { names, recorded, without = NONE }: NamesOfAction,
  { own, wider }: Beginnings,
): { readonly rules: readonly Rule[]; readonly covers: boolean } {
  const bucket = index.get(reach)
  if (bucket === undefined) return { rules: [], covers: false }
  const [name = '', ...widerNames] = names
  const counts = (rule: Rule) => !without.has(rule.permission.id)
  const exact = (one: string) => only(bucket.exact.get(one), counts)
  const named = stricter(exact(name), recorded === null ? undefined : exact(recorded))
  if (named !== undefined) return { rules: [named], covers: true }

  const rules: Rule[] = []
  for (const beginning of wider === null ? [own] : [own, wider])
    for (const rule of bucket.rules.filter(counts)) {
      if (rule.pattern.literals === 0 || !mayBegin(rule.pattern, beginning)) continue
      if (widerNames.length > 0 && isCommonBeginning(rule.pattern, [beginning, ...widerNames])) continue
      rules.push(rule)
      if (coversAll(rule.pattern, beginning)) return { rules, covers: true }
    }
  const last = findRule(index, reach, { names: widerNames, recorded: null, without })
  return last === undefined ? { rules, covers: false } : { rules: [...rules, last], covers: true }
}

function mayBegin({ head, exact }: Pattern, beginning: string): boolean {
  return head.startsWith(beginning) || (!exact && beginning.startsWith(head))
}

function coversAll({ head, tail, middle, exact }: Pattern, beginning: string): boolean {
  return !exact && tail === '' && middle.length === 0 && beginning.startsWith(head)
}

function findWild(bucket: Bucket, action: string, admits: (rule: Rule) => boolean): Rule | undefined {
  let best: Ranked | undefined
  const listed = listedBeginning(action)
  for (const length of bucket.headLengths) {
    const sameHead = bucket.wildByHead.get(action.slice(0, length))
    if (listed !== undefined && action.slice(0, length).startsWith(listed)) continue
    const found = sameHead?.find((rule) => admits(rule) && matches(rule.pattern, action))
    if (found !== undefined && (best === undefined || found.rank < best.rank)) best = found
  }
  return best
}

function emptyBucket(): Bucket {
  return { rules: [], exact: new Map(), wildByHead: new Map(), headLengths: new Set(), catchAll: undefined }
}

function addExact(bucket: Bucket, rule: Rule): void {
  if (!bucket.exact.has(rule.pattern.source)) bucket.exact.set(rule.pattern.source, rule)
}

function addWild(bucket: Bucket, rule: Ranked): void {
  const { head } = rule.pattern
  const sameHead = bucket.wildByHead.get(head)
  if (sameHead === undefined) bucket.wildByHead.set(head, [rule])
  else sameHead.push(rule)
  bucket.headLengths.add(head.length)
}

/** The last two keys only decide which of equal rules is named, so that every instance names the same one. */
function byPrecedence(a: Rule, b: Rule): number {
  return (
    bySpecificity(a.pattern, b.pattern) ||
    byStrictness(a.permission, b.permission) ||
    byText(a.permission.action, b.permission.action) ||
    byText(a.permission.id, b.permission.id)
  )
}

function byText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
