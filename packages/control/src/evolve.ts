import { EVENTS, type EventOf, type TOPICS, type TypesOf } from '@sallyport/events'
import { BoundedMap, canonicalJson, sha256Hex } from '@sallyport/runtime'
import { onBotAdded, onBotChanged, onBotRemoved } from './bots.ts'
import { onCatalogAccepted } from './catalog/accepted.ts'
import { onCatalogModeSet } from './catalog/mode-set.ts'
import { onCatalogObserved } from './catalog/observed.ts'
import {
  onGatewayAdded,
  onGatewayIssuersSet,
  onGatewayOwnerSet,
  onGatewayRevoked,
  onGatewayTokenRotated,
} from './gateways.ts'
import { onKillSwitchSet } from './kill-switches.ts'
import { onPermissionRemoved, onPermissionSet } from './permissions.ts'
import { onPersonAdded, onPersonChanged, onPersonRemoved } from './persons.ts'
import type { ControlState } from './state.ts'
import { onTokenIssued, onTokenRevoked } from './tokens.ts'
import { accept, reject, type Transition } from './transition.ts'
import { onUpstreamAdded, onUpstreamRemoved } from './upstreams.ts'
import { onWebhookAdded, onWebhookDisabled, onWebhookRemoved } from './webhooks.ts'

export type ControlEventType = TypesOf<typeof TOPICS.control>
export type ControlEvent = EventOf<ControlEventType>

/** How many idempotency keys are remembered; every change copies them, and retries come soon or never. */
const REMEMBERED_KEYS = 1000

/**
 * One control event applied to the state before it. The order in the log decides between commands that collide:
 * the later one folds to a rejection, the same on every instance. A repeated idempotency key has no effect.
 */
export function evolve(state: ControlState, event: ControlEvent): Transition {
  const key = event.data.idempotencyKey
  if (key === null) return apply(state, event)
  const fingerprint = fingerprintOf(event)
  const memory = memoryOf(event)
  const done = state[memory].get(key)
  if (done && done.fingerprint !== fingerprint)
    return reject(state, 'mismatch', 'the idempotency key was used before for another command')
  if (done) return { state, outcome: { accepted: true, subject: done.subject, repeated: true } }
  const next = apply(state, event)
  if (!next.outcome.accepted) return next
  const keys = new BoundedMap(REMEMBERED_KEYS, state[memory])
  keys.set(key, { fingerprint, subject: next.outcome.subject })
  return { state: { ...next.state, [memory]: keys }, outcome: next.outcome }
}

/**
 * A reader of an earlier release may pass over a passable event, and its key. So no such key decides about a critical
 * event, or drops the key of one: readers that passed over nothing would hold other rights.
 */
function memoryOf(event: ControlEvent): 'idempotencyKeys' | 'passableKeys' {
  return EVENTS[event.type].criticality === 'critical' ? 'idempotencyKeys' : 'passableKeys'
}

function apply(state: ControlState, event: ControlEvent): Transition {
  switch (event.type) {
    case 'sallyport.gateway.added.v1':
      return onGatewayAdded(state, event)
    case 'sallyport.gateway.token_rotated.v1':
      return onGatewayTokenRotated(state, event)
    case 'sallyport.gateway.issuers_set.v1':
      return onGatewayIssuersSet(state, event)
    case 'sallyport.gateway.owner_set.v1':
      return onGatewayOwnerSet(state, event)
    case 'sallyport.gateway.revoked.v1':
      return onGatewayRevoked(state, event)
    case 'sallyport.upstream.added.v1':
      return onUpstreamAdded(state, event)
    case 'sallyport.upstream.removed.v1':
      return onUpstreamRemoved(state, event)
    case 'sallyport.catalog.observed.v1':
      return onCatalogObserved(state, event)
    case 'sallyport.catalog.accepted.v1':
      return onCatalogAccepted(state, event)
    case 'sallyport.catalog.mode_set.v1':
      return onCatalogModeSet(state, event)
    case 'sallyport.permission.set.v4':
      return onPermissionSet(state, event)
    case 'sallyport.permission.removed.v1':
      return onPermissionRemoved(state, event)
    case 'sallyport.kill_switch.set.v2':
      return onKillSwitchSet(state, event)
    case 'sallyport.person.added.v1':
      return onPersonAdded(state, event)
    case 'sallyport.person.changed.v1':
      return onPersonChanged(state, event)
    case 'sallyport.person.removed.v1':
      return onPersonRemoved(state, event)
    case 'sallyport.bot.added.v1':
      return onBotAdded(state, event)
    case 'sallyport.bot.changed.v1':
      return onBotChanged(state, event)
    case 'sallyport.bot.removed.v1':
      return onBotRemoved(state, event)
    case 'sallyport.token.issued.v2':
      return onTokenIssued(state, event)
    case 'sallyport.token.revoked.v1':
      return onTokenRevoked(state, event)
    case 'sallyport.webhook.added.v1':
      return onWebhookAdded(state, event)
    case 'sallyport.webhook.disabled.v1':
      return onWebhookDisabled(state, event)
    case 'sallyport.webhook.removed.v1':
      return onWebhookRemoved(state, event)
    case 'sallyport.log.damage_accepted.v1':
      // It changes no right: whoever folds the log looks for it where the damage is.
      return accept(state, {}, event.data.damage.id)
  }
}

/** A permission's removal is told from another by its id; a new thing's id, an end reckoned from now and what was read before differ in every try. */
function fingerprintOf(event: ControlEvent): string {
  const { actor: _actor, idempotencyKey: _key, ...asked } = event.data
  if (event.type === 'sallyport.permission.removed.v1') return sha256Hex(canonicalJson([event.type, asked]))
  const {
    id: _id,
    tokenHash: _hash,
    expiresAt: _end,
    basedOn: _base,
    ...rest
  } = asked as Record<string, unknown>
  return sha256Hex(canonicalJson([event.type, rest]))
}
