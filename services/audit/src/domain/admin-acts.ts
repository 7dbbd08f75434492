import {
  type DataOf,
  definitionOf,
  type EVENTS,
  everyType,
  type SallyportEvent,
  TOPICS,
} from '@sallyport/events'
import { type ApprovalTerms, stagesText } from '@sallyport/policy'

/** Events by which nobody administers anything: a proxy says what an upstream lists. */
type Observation = 'sallyport.catalog.observed.v1'
type ControlType = {
  [T in keyof typeof EVENTS]: (typeof EVENTS)[T]['topic'] extends typeof TOPICS.control ? T : never
}[keyof typeof EVENTS]
export type AdminType =
  | Exclude<ControlType, Observation>
  | Extract<keyof typeof EVENTS, `sallyport.delivery.replay_requested.${string}`>

/** What somebody did, for people, and what it was about. */
export interface ActText {
  readonly summary: string
  readonly gateway?: string
  readonly upstream?: string
  /** The pattern of a permission. */
  readonly action?: string
  readonly reason?: string | null
}

/** Every type of event that is an administrative act, in every version that was ever written. */
export const ADMIN_TYPES: readonly string[] = everyType().filter(
  (type) =>
    type.startsWith('sallyport.delivery.replay_requested.') ||
    (definitionOf(type)?.topic === TOPICS.control && !type.startsWith('sallyport.catalog.observed.')),
)

const TEXTS: { readonly [T in AdminType]: (data: DataOf<T>) => ActText } = {
  'sallyport.gateway.added.v1': ({ name, ownerId, ownerName }) => ({
    summary: `gateway ${name} added${ownerId === undefined ? '' : `, owned by person ${ownerName ?? ownerId}`}`,
    gateway: name,
  }),
  'sallyport.gateway.token_rotated.v1': ({ name }) => ({
    summary: `gateway ${name} has a new token`,
    gateway: name,
  }),
  'sallyport.gateway.issuers_set.v1': ({ name, issuers }) => ({
    summary: `gateway ${name} is reached with access tokens of ${issuers.length === 0 ? 'no issuer' : listed(issuers)}`,
    gateway: name,
  }),
  'sallyport.gateway.revoked.v1': ({ name }) => ({ summary: `gateway ${name} revoked`, gateway: name }),
  'sallyport.upstream.added.v1': ({ name, connector, target }) => ({
    summary: `upstream ${name} (${connector}) added: ${targetText(target)}`,
    upstream: name,
  }),
  'sallyport.upstream.removed.v1': ({ name }) => ({ summary: `upstream ${name} removed`, upstream: name }),
  'sallyport.catalog.accepted.v1': ({ upstream, entities }) => ({
    summary: `catalog of ${upstream}: accepted ${listed(entities.map(({ kind, key }) => `${kind} ${key}`))}`,
    upstream,
  }),
  'sallyport.catalog.mode_set.v1': ({ upstream, kind, key, status, mode }) => ({
    summary: `catalog of ${upstream}: ${mode ?? 'default'} for ${key === null ? `${kind}s that are ${status}` : `${kind} ${key}`}`,
    upstream,
  }),
  'sallyport.permission.set.v4': (data) => ({
    summary: `permission set: ${permissionText(data)}`,
    gateway: data.gateway,
    action: data.action,
    ...(data.upstream === null ? {} : { upstream: data.upstream.name }),
  }),
  'sallyport.permission.removed.v1': ({ id }) => ({ summary: `permission removed: ${id}` }),
  'sallyport.kill_switch.set.v2': ({ scope, on, reason }) => ({
    summary: `kill switch ${on ? 'on' : 'off'} for ${scope}`,
    reason,
    ...scopeOf(scope),
  }),
  'sallyport.gateway.owner_set.v1': ({ name, ownerId, ownerName }) => ({
    summary:
      ownerId === null
        ? `gateway ${name} has no owner`
        : `gateway ${name} is owned by person ${ownerName ?? ownerId}`,
    gateway: name,
  }),
  'sallyport.person.added.v1': (data) => ({ summary: `person ${data.name} added: ${personText(data)}` }),
  'sallyport.person.changed.v1': (data) => ({ summary: `person ${data.name} set: ${personText(data)}` }),
  'sallyport.person.removed.v1': ({ name }) => ({ summary: `person ${name} removed` }),
  'sallyport.bot.added.v1': ({ name, limits }) => ({ summary: `bot ${name} added: ${limitsText(limits)}` }),
  'sallyport.bot.changed.v1': ({ name, limits }) => ({ summary: `bot ${name} set: ${limitsText(limits)}` }),
  'sallyport.bot.removed.v1': ({ name }) => ({ summary: `bot ${name} removed` }),
  'sallyport.token.issued.v2': (data) => ({ summary: tokenText(data) }),
  'sallyport.token.revoked.v1': ({ name }) => ({ summary: `token of ${name} revoked` }),
  'sallyport.webhook.added.v1': ({ name, url, events }) => ({
    summary: `webhook ${name} added: ${listed(events)} to ${originOf(url)}`,
  }),
  'sallyport.webhook.disabled.v1': ({ name, reason }) => ({ summary: `webhook ${name} disabled`, reason }),
  'sallyport.webhook.removed.v1': ({ name }) => ({ summary: `webhook ${name} removed` }),
  'sallyport.log.damage_accepted.v1': ({ damage, reason }) => ({
    summary: `damage of the log accepted: ${damage.topic} ${damage.partition}/${damage.offset}, ${damage.what}`,
    reason,
  }),
  'sallyport.delivery.replay_requested.v1': ({ eventId, topic, partition, offset }) => ({
    summary: `delivery asked for again: event ${eventId ?? `${topic}/${partition}/${offset}`}`,
  }),
}

export type AdminEvent = Extract<SallyportEvent, { readonly type: AdminType }>

export function isAdminEvent(event: SallyportEvent): event is AdminEvent {
  return Object.hasOwn(TEXTS, event.type)
}

export function actText(event: AdminEvent): ActText {
  const text = TEXTS[event.type] as (data: AdminEvent['data']) => ActText
  return text(event.data)
}

/** `allow mcp.tools.* for code-agent on upstream files`. */
export function permissionText(
  permission: Pick<
    DataOf<'sallyport.permission.set.v4'>,
    'decision' | 'action' | 'gateway' | 'upstream' | 'connector'
  > & { readonly approval?: Pick<ApprovalTerms, 'stages'> | null },
): string {
  const { decision, action, gateway, upstream, connector, approval } = permission
  const kind = connector === '*' ? '' : ` ${connector}`
  const reach = upstream === null ? `every${kind} upstream` : `upstream ${upstream.name}`
  const votes = approval ? `, by ${stagesText(approval.stages)}` : ''
  return `${decision} ${action} for ${gateway === '*' ? 'every gateway' : gateway} on ${reach}${votes}`
}

function personText({ roles, groups, identity }: DataOf<'sallyport.person.added.v1'>): string {
  const parts = [
    `roles ${listed(roles) || 'none'}`,
    `groups ${listed(groups) || 'none'}`,
    ...(identity === null ? [] : [`signs in as ${identity.subject} of ${identity.issuer}`]),
  ]
  return parts.join('; ')
}

function limitsText(limits: DataOf<'sallyport.bot.added.v1'>['limits']): string {
  const { gateways, risk, perMinute, stages, advisory } = limits
  const parts = [
    ...(advisory ? ['advice only'] : []),
    ...(gateways === null
      ? []
      : [gateways.length === 1 ? 'of one gateway' : `of ${gateways.length} gateways`]),
    ...(risk === null ? [] : [`risk ${risk} at most`]),
    ...(perMinute === null ? [] : [`${perMinute} answers a minute`]),
    ...(stages === null ? [] : [`stages of ${listed(stages.map(({ kind, name }) => `${kind}:${name}`))}`]),
  ]
  return parts.join('; ') || 'no limits'
}

function tokenText({ name, scope, holder, expiresAt }: DataOf<'sallyport.token.issued.v2'>): string {
  if (expiresAt !== undefined) return `session ${name} begun, until ${expiresAt}`
  return holder === null ? `${scope} token of ${name} issued` : `token ${name} issued`
}

function scopeOf(scope: string): Pick<ActText, 'gateway' | 'upstream'> {
  const name = scope.slice(scope.indexOf(':') + 1)
  if (scope.startsWith('gateway:')) return { gateway: name }
  return scope.startsWith('upstream:') ? { upstream: name } : {}
}

/** Of a command only the program: its arguments may be long. */
function targetText(target: DataOf<'sallyport.upstream.added.v1'>['target']): string {
  if (target.kind === 'http') return target.url
  const [program = '', ...rest] = target.command
  return `${target.kind} ${program}${rest.length > 0 ? ' …' : ''}`
}

/** A path or query of a receiver may be its secret. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url
}

const MOST_LISTED = 3

function listed(texts: readonly string[]): string {
  const more = texts.length - MOST_LISTED
  return texts.slice(0, MOST_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
