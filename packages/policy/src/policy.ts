import { canonicalJson, sha256Hex } from '@sallyport/runtime'
import { BoundedCache } from './bounded-cache.ts'
import { type Evaluation, evaluateAction, rankPermissions } from './evaluate-action.ts'
import { BUILTIN_PERMISSIONS, type Permission } from './permission.ts'
import { indexRules, namesOwn, type PermissionIndex, type Rule, rulesOf } from './permission-index.ts'
import type { PolicyVersion } from './words.ts'

/** What is asked: who, through which upstream of which kind, and the action's name. */
export interface ActionRequest {
  /** The gateway's name, by which people know it. */
  readonly gateway: string
  /** What its permissions are bound to. */
  readonly gatewayId: string
  /** The upstream's kind. */
  readonly connector: string
  /** The upstream's name, by which people know it. */
  readonly upstream: string
  /** What permissions for one upstream are bound to. */
  readonly upstreamId: string
  /** The whole name. */
  readonly action: string
  /** How the record calls it, where it is told from `action`: it is shortened, or hides a credential. */
  readonly recordedAction?: string
  /** Wider names of the action that permissions may use as well, the narrowest first. */
  readonly lessSpecific?: readonly string[]
}

export interface GatewayPolicy {
  readonly version: PolicyVersion
  /**
   * The version for actions of Sallyport's own tools, by which a request for access outlives the permission that it asks
   * for. Left out: as `version`.
   */
  readonly ownVersion?: PolicyVersion
  evaluate(request: OfGateway): Evaluation
  /** Every permission that covers the action: the one that decides, then the runners-up. */
  rank(request: OfGateway): readonly Evaluation[]
}

type OfGateway = Omit<ActionRequest, 'gateway' | 'gatewayId' | 'upstream'>

export interface Policy {
  /** Of the gateway with this id. */
  forGateway(id: string): GatewayPolicy
  evaluate(request: ActionRequest): Evaluation
  policyVersion(gatewayId: string): PolicyVersion
}

const ANY = '*'
const NO_NAMES: readonly string[] = []
const CACHE_GENERATION = 4096
const LONGEST_CACHED_ACTION = 512
/**
 * Reads permissions, in any order, into a policy; the built-in ones are always part of it.
 * Throws PatternInvalid if one has a malformed pattern. The policy is immutable: compile a new one after a change.
 */
export function compilePolicy(
  permissions: Iterable<Permission>,
  builtins: readonly Permission[] = BUILTIN_PERMISSIONS,
): Policy {
  const explicit = [...permissions].filter(isInForce).flatMap(rulesOf)
  const forAny = explicit.filter(({ permission }) => permission.gateway === ANY)
  const byGateway = Map.groupBy(explicit, ({ permission }) => permission.gatewayId ?? ANY)
  const builtin = builtins.flatMap(rulesOf)
  const tiersForAny = [indexRules(forAny), indexRules(builtin)]
  const cache = new BoundedCache<Evaluation>(CACHE_GENERATION)
  const compiled = new Map<string, GatewayPolicy>()

  // Gateways without permissions of their own share one entry, so ids alone cannot fill the map.
  const forGateway = (id: string): GatewayPolicy => {
    const named = id === ANY ? undefined : byGateway.get(id)
    const key = named === undefined ? ANY : id
    const known = compiled.get(key)
    if (known !== undefined) return known
    const tiers = named === undefined ? tiersForAny : [indexRules(named), ...tiersForAny]
    const rules = [...(named ?? []), ...forAny, ...builtin]
    const versions = { version: versionOf(rules), ownVersion: versionOf(rules.filter(namesOwn)) }
    const gateway = gatewayPolicy(versions, tiers, cache, `${compiled.size}:`)
    compiled.set(key, gateway)
    return gateway
  }

  return {
    forGateway,
    evaluate: (request) => forGateway(request.gatewayId).evaluate(request),
    policyVersion: (id) => forGateway(id).version,
  }
}

/** Built-in permissions are given apart. A permission that waits for its gateway or upstream applies to nothing. */
function isInForce({ origin, gateway, gatewayId, upstream }: Permission): boolean {
  return origin === 'explicit' && (gateway === ANY || gatewayId !== null) && upstream?.id !== null
}

function gatewayPolicy(
  versions: Required<Pick<GatewayPolicy, 'version' | 'ownVersion'>>,
  tiers: readonly PermissionIndex[],
  cache: BoundedCache<Evaluation>,
  cachePrefix: string,
): GatewayPolicy {
  return {
    ...versions,
    evaluate({ connector, upstreamId, action, recordedAction = action, lessSpecific = NO_NAMES }) {
      const recorded = recordedAction === action ? null : recordedAction
      const find = () => evaluateAction(tiers, { connector, upstreamId, action, recorded, lessSpecific })
      if (action.length > LONGEST_CACHED_ACTION) return find()
      // The lengths keep two different questions from ever sharing a key, and no name has a line feed in it.
      const lengths = `${upstreamId.length}:${connector.length}:`
      const names = [action, recorded ?? '', ...lessSpecific].join('\n')
      const key = `${cachePrefix}${lengths}${upstreamId}${connector}${names}`
      const known = cache.get(key)
      if (known !== undefined) return known
      const evaluation = find()
      cache.set(key, evaluation)
      return evaluation
    },
    rank({ connector, upstreamId, action, recordedAction = action, lessSpecific = NO_NAMES }) {
      const recorded = recordedAction === action ? null : recordedAction
      return rankPermissions(tiers, { connector, upstreamId, action, recorded, lessSpecific })
    },
  }
}

/** Without ids: a rule deleted and made again is the same rule. */
function versionOf(rules: readonly Rule[]): PolicyVersion {
  const lines = rules.map(({ permission }) => {
    const { gateway, upstream, connector, action, decision, approval, origin } = permission
    // Without terms it is the version that records of earlier releases have.
    const terms = approval === undefined ? {} : { approval }
    return canonicalJson({
      gateway,
      upstream: upstream?.id ?? null,
      connector,
      action,
      decision,
      origin,
      ...terms,
    })
  })
  return `p-${sha256Hex(canonicalJson([...new Set(lines)].sort())).slice(0, 16)}`
}
