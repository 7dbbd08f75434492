import type { Actor, Grant } from '@sallyport/approval'
import { type AnyNewEvent, type DataOf, type EventType, newEvent } from '@sallyport/events'
import type { UseGrant } from '@sallyport/rpc'

type GrantRef = Pick<Grant, 'grantId' | 'approvalId' | 'callDigest'> & { readonly tenant: string }

export const grantRef = ({ grantId, approvalId, callDigest, held }: Grant): GrantRef => ({
  grantId,
  approvalId,
  callDigest,
  tenant: held.binding.tenant,
})

export function givenIntent(data: DataOf<'sallyport.grant.given.v1'>, at: Date): AnyNewEvent {
  const ref = { ...data, tenant: data.binding.tenant }
  return intent('sallyport.grant.given.v1', ref, at, data)
}

export function usedIntent(ref: GrantRef, use: UseGrant, at: Date): AnyNewEvent {
  const { actionId, claimant, binding, caller, rule, reasons } = use
  return intent('sallyport.grant.used.v1', ref, at, {
    ...idsOf(ref),
    actionId,
    claimant,
    binding: { ...binding },
    caller: { ...caller },
    rule,
    reasons: [...reasons],
  })
}

export function grantRevokedIntent(ref: GrantRef, actor: Actor, reason: string, at: Date): AnyNewEvent {
  return intent('sallyport.grant.revoked.v1', ref, at, { ...idsOf(ref), actor, reason })
}

function idsOf({ grantId, approvalId, callDigest }: GrantRef) {
  return { grantId, approvalId, callDigest }
}

function intent<T extends Extract<EventType, `sallyport.grant.${string}`>>(
  type: T,
  { grantId, callDigest: key, tenant }: GrantRef,
  at: Date,
  data: DataOf<T>,
): AnyNewEvent {
  return newEvent({ type, source: '/approvals', subject: grantId, tenant, key, data }, at)
}
