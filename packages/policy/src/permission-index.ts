import { bySpecificity, compilePattern, matches, type Pattern } from './pattern.ts'
import { byStrictness, type Permission } from './permission.ts'

/** A permission with its pattern read. */
export interface Rule {
  readonly permission: Permission
  readonly pattern: Pattern
}

/** Throws PatternInvalid. */
export function toRule(permission: Permission): Rule {
  return { permission, pattern: compilePattern(permission.action) }
}

interface Ranked extends Rule {
  /** Its place in the order of precedence; 0 wins over everything. */
  readonly rank: number
}

/**
 * The rules of one connector. Wildcards are found by their literal head, so that the cost grows with the number
 * of different head lengths and not with the number of rules.
 */
interface Bucket {
  readonly exact: Map<string, Rule>
  readonly wildByHead: Map<string, Ranked[]>
  readonly headLengths: Set<number>
}

/** Rules of one origin and one gateway level, by connector. */
export type PermissionIndex = ReadonlyMap<string, Bucket>

export function indexRules(rules: Iterable<Rule>): PermissionIndex {
  const index = new Map<string, Bucket>()
  for (const [rank, rule] of [...rules].sort(byPrecedence).entries()) {
    const bucket = index.get(rule.permission.connector) ?? emptyBucket()
    index.set(rule.permission.connector, bucket)
    if (rule.pattern.exact) addExact(bucket, rule)
    else addWild(bucket, { ...rule, rank })
  }
  return index
}

/** The rule for this connector that wins, or undefined if none matches. */
export function findRule(index: PermissionIndex, connector: string, action: string): Rule | undefined {
  const bucket = index.get(connector)
  if (bucket === undefined) return undefined
  return bucket.exact.get(action) ?? findWild(bucket, action)
}

function findWild(bucket: Bucket, action: string): Rule | undefined {
  let best: Ranked | undefined
  for (const length of bucket.headLengths) {
    const sameHead = bucket.wildByHead.get(action.slice(0, length))
    const found = sameHead?.find((rule) => matches(rule.pattern, action))
    if (found !== undefined && (best === undefined || found.rank < best.rank)) best = found
  }
  return best
}

function emptyBucket(): Bucket {
  return { exact: new Map(), wildByHead: new Map(), headLengths: new Set() }
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

/** The last two keys decide nothing but which of equal rules is named, so that every instance names the same. */
function byPrecedence(a: Rule, b: Rule): number {
  return (
    bySpecificity(a.pattern, b.pattern) ||
    byStrictness(a.permission.decision, b.permission.decision) ||
    byText(a.permission.action, b.permission.action) ||
    byText(a.permission.id, b.permission.id)
  )
}

function byText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
