import type { EventOf } from '@sallyport/events'
import type { ControlState } from './state.ts'
import { accept, reject, type Transition, withEntry, withoutEntry } from './transition.ts'

export function onWebhookAdded(
  state: ControlState,
  event: EventOf<'sallyport.webhook.added.v1'>,
): Transition {
  const { id, name, url, events, secret } = event.data
  if (state.webhooks.has(name)) return reject(state, 'conflict', `there is a webhook ${name}`)
  const webhook = { id, name, url, events, secret, createdAt: event.time, disabled: null }
  return accept(state, { webhooks: withEntry(state.webhooks, name, webhook) }, id)
}

export function onWebhookDisabled(
  state: ControlState,
  event: EventOf<'sallyport.webhook.disabled.v1'>,
): Transition {
  const { id, name, reason } = event.data
  const webhook = state.webhooks.get(name)
  if (webhook?.id !== id) return reject(state, 'not_found', `there is no webhook ${name} of this id`)
  if (webhook.disabled) return accept(state, {}, id)
  const disabled = { reason, at: event.time }
  return accept(state, { webhooks: withEntry(state.webhooks, name, { ...webhook, disabled }) }, id)
}

export function onWebhookRemoved(
  state: ControlState,
  event: EventOf<'sallyport.webhook.removed.v1'>,
): Transition {
  const { name } = event.data
  const webhook = state.webhooks.get(name)
  if (!webhook) return reject(state, 'not_found', `there is no webhook ${name}`)
  return accept(state, { webhooks: withoutEntry(state.webhooks, name) }, webhook.id)
}
