import { canonicalJson, sha256Hex } from '@sallyport/runtime'
import { BoundedCache } from './bounded-cache.ts'
import { BUILTIN_PERMISSIONS, type Permission } from './permission.ts'
import {
  findRule,
  indexRules,
  type PermissionIndex,
  type Rule,
  reachOfConnector,
  reachOfUpstream,
  toRule,
} from './permission-index.ts'
import type { Decision, Outcome, PolicyVersion } from './words.ts'

/** What is asked: who, through which upstream of which kind, and the action's name. */
export interface ActionRequest {
  readonly gateway: string
  /** The upstream's kind. */
  readonly connector: string
  /** The upstream's name, by which people know it. */
  readonly upstream: string
  /** What permissions for one upstream are bound to. */
  readonly upstreamId: string
  readonly action: string
  /** Wider names of the action that permissions may use as well, the narrowest first. */
  readonly lessSpecific?: readonly string[]
}

/** What the permissions say. `rule` names the winner: `permission …`, `builtin …` or `no permission`. */
export interface Evaluation {
  readonly outcome: Outcome
  readonly rule: string
  readonly reasons: readonly string[]
  readonly permissionId?: string
}

export interface GatewayPolicy {
  readonly version: PolicyVersion
  evaluate(request: Omit<ActionRequest, 'gateway' | 'upstream'>): Evaluation
}

export interface Policy {
  forGateway(name: string): GatewayPolicy
  evaluate(request: ActionRequest): Evaluation
  policyVersion(gateway: string): PolicyVersion
}

export const NO_PERMISSION = 'no permission'

const ANY = '*'
const NO_NAMES: readonly string[] = []
const CACHE_GENERATION = 4096
const LONGEST_CACHED_ACTION = 512
const OUTCOMES: Record<Decision, Outcome> = { allow: 'allow', deny: 'deny', require_approval: 'hold' }
const ACTS: Record<Outcome, string> = { allow: 'allows', deny: 'denies', hold: 'asks a person about' }

const NOTHING: Evaluation = {
  outcome: 'deny',
  rule: NO_PERMISSION,
  reasons: ['no permission covers this action, and what is not permitted is denied'],
}

/**
 * Reads permissions, in any order, into a policy; the built-in ones are always part of it.
 * Throws PatternInvalid if one has a malformed pattern. The policy is immutable: compile a new one after a change.
 */
export function compilePolicy(
  permissions: Iterable<Permission>,
  builtins: readonly Permission[] = BUILTIN_PERMISSIONS,
): Policy {
  const explicit = [...permissions].filter(isInForce).map(toRule)
  const byGateway = Map.groupBy(explicit, (rule) => rule.permission.gateway)
  const forAny = byGateway.get(ANY) ?? []
  const builtin = builtins.map(toRule)
  const tiersForAny = [indexRules(forAny), indexRules(builtin)]
  const cache = new BoundedCache<Evaluation>(CACHE_GENERATION)
  const compiled = new Map<string, GatewayPolicy>()

  // Gateways without permissions of their own share one entry, so names alone cannot fill the map.
  const forGateway = (name: string): GatewayPolicy => {
    const named = name === ANY ? undefined : byGateway.get(name)
    const key = named === undefined ? ANY : name
    const known = compiled.get(key)
    if (known !== undefined) return known
    const tiers = named === undefined ? tiersForAny : [indexRules(named), ...tiersForAny]
    const rules = [...(named ?? []), ...forAny, ...builtin]
    const gateway = gatewayPolicy(versionOf(rules), tiers, cache, `${compiled.size}:`)
    compiled.set(key, gateway)
    return gateway
  }

  return {
    forGateway,
    evaluate: (request) => forGateway(request.gateway).evaluate(request),
    policyVersion: (gateway) => forGateway(gateway).version,
  }
}

/** Built-in permissions are given apart. A permission that waits for its upstream applies to nothing. */
function isInForce({ origin, upstream }: Permission): boolean {
  return origin === 'explicit' && upstream?.id !== null
}

function gatewayPolicy(
  version: string,
  tiers: readonly PermissionIndex[],
  cache: BoundedCache<Evaluation>,
  cachePrefix: string,
): GatewayPolicy {
  return {
    version,
    evaluate({ connector, upstreamId, action, lessSpecific = NO_NAMES }) {
      const names = lessSpecific.length === 0 ? [action] : [action, ...lessSpecific]
      const find = () => search(tiers, connector, upstreamId, names)
      if (action.length > LONGEST_CACHED_ACTION) return find()
      // The lengths keep two different questions from ever sharing a key, and no name has a line feed in it.
      const lengths = `${upstreamId.length}:${connector.length}:`
      const key = `${cachePrefix}${lengths}${upstreamId}${connector}${names.join('\n')}`
      const known = cache.get(key)
      if (known !== undefined) return known
      const evaluation = find()
      cache.set(key, evaluation)
      return evaluation
    },
  }
}

/**
 * First the tiers: explicit before built-in, and the named gateway before `*`. Then the reaches: the upstream, its
 * kind, everything. Then the names: the action's own before its wider ones. docs/permissions.md has it with examples.
 */
function search(
  tiers: readonly PermissionIndex[],
  connector: string,
  upstreamId: string,
  names: readonly string[],
): Evaluation {
  const reaches = [reachOfUpstream(upstreamId), reachOfConnector(connector), reachOfConnector(ANY)]
  for (const tier of tiers)
    for (const reach of reaches) {
      const rule = findRule(tier, reach, names)
      if (rule !== undefined) return evaluationOf(rule.permission)
    }
  return NOTHING
}

function evaluationOf(permission: Permission): Evaluation {
  const outcome = OUTCOMES[permission.decision]
  const source = permission.origin === 'builtin' ? 'builtin' : 'permission'
  const rule = `${source} ${permission.action}`
  const { upstream, connector } = permission
  const reach = upstream === null ? `connector ${connector}` : `upstream ${upstream.name}`
  const scope = `gateway ${permission.gateway}, ${reach}`
  return {
    outcome,
    rule,
    reasons: [`${rule} (${scope}) ${ACTS[outcome]} this action`],
    permissionId: permission.id,
  }
}

/** Without ids: a rule deleted and made again is the same rule. */
function versionOf(rules: readonly Rule[]): PolicyVersion {
  const lines = rules.map(({ permission: { gateway, upstream, connector, action, decision, origin } }) =>
    canonicalJson({ gateway, upstream: upstream?.id ?? null, connector, action, decision, origin }),
  )
  return `p-${sha256Hex(canonicalJson([...new Set(lines)].sort())).slice(0, 16)}`
}
