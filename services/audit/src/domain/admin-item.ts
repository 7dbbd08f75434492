import type { Effect } from '@sallyport/control'
import { type AdminEvent, actText, permissionText } from './admin-acts.ts'

/** An administrative act: what somebody did, when, and what came of it. */
export interface AdminItem {
  readonly kind: 'admin'
  readonly eventId: string
  /** RFC 3339, UTC. */
  readonly at: string
  /** The name of a token, or the part of Sallyport that did it. */
  readonly by: { readonly type: 'person' | 'bot' | 'system'; readonly name: string }
  /** The event's type without its version, such as `kill_switch.set`. */
  readonly act: string
  /** For people. */
  readonly summary: string
  readonly gateway: string | null
  readonly upstream: string | null
  /** The pattern of a permission. */
  readonly action: string | null
  readonly reason: string | null
  /** `rejected` and `repeated` changed nothing; null where nobody remembers. */
  readonly effect: Effect['kind'] | null
  /** Why it was rejected. */
  readonly rejection: string | null
}

export function adminItem(event: AdminEvent, effect: Effect | undefined): AdminItem {
  const { summary, gateway = null, upstream = null, action = null, reason = null } = actText(event)
  const removed = effect?.kind === 'done' ? effect.removed : undefined
  const { type, name } = event.data.actor
  return {
    kind: 'admin',
    eventId: event.id,
    at: event.time,
    by: { type, name },
    act: event.type.replace(/^sallyport\./, '').replace(/\.v\d+$/, ''),
    summary: removed === undefined ? summary : `permission removed: ${permissionText(removed)}`,
    gateway: removed?.gateway ?? gateway,
    upstream: removed?.upstream?.name ?? upstream,
    action: removed?.action ?? action,
    reason: reason || null,
    effect: effect?.kind ?? null,
    rejection: effect?.kind === 'rejected' ? effect.reason : null,
  }
}
