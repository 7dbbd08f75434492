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

interface Bucket {
  readonly exact: Map<string, Rule>
  readonly wild: Rule[]
}

/** Rules of one origin and one gateway level, by connector; within a connector the first match is the one that wins. */
export type PermissionIndex = ReadonlyMap<string, Bucket>

export function indexRules(rules: Iterable<Rule>): PermissionIndex {
  const index = new Map<string, Bucket>()
  for (const rule of [...rules].sort(byPrecedence)) {
    const { connector, action } = rule.permission
    const bucket: Bucket = index.get(connector) ?? { exact: new Map(), wild: [] }
    index.set(connector, bucket)
    if (!rule.pattern.exact) bucket.wild.push(rule)
    else if (!bucket.exact.has(action)) bucket.exact.set(action, rule)
  }
  return index
}

export function findRule(index: PermissionIndex, connector: string, action: string): Rule | undefined {
  const bucket = index.get(connector)
  if (bucket === undefined) return undefined
  return bucket.exact.get(action) ?? bucket.wild.find((rule) => matches(rule.pattern, action))
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
