import type { ApprovalsState } from '../state.ts'
import { type Grant, grantAt } from './grant.ts'

/** How many grants that have ended stay at hand for listing; audit keeps all of them. */
const MOST_ENDED = 1000

/** Puts a grant in its new shape into the state. `now` is the time of the event that changed it. */
export function putGrant(state: ApprovalsState, grant: Grant, now: string): void {
  const { grants, grantsByGateway } = state
  const { grantId, held } = grant
  const { gatewayId } = held.binding
  const open = grantsByGateway.get(gatewayId) ?? new Set()
  if (grant.status === 'open') open.add(grantId)
  else open.delete(grantId)
  // Whatever ends moves to the end, so that the first ended ones are the oldest.
  if (grant.status !== 'open') grants.delete(grantId)
  grants.set(grantId, grant)
  for (const id of open) if (isOver(grants.get(id), now)) open.delete(id)
  if (open.size > 0) grantsByGateway.set(gatewayId, open)
  else grantsByGateway.delete(gatewayId)
  forget(state, now)
}

/** The grants of a gateway that are open at `at`. */
export function openGrants(
  { grants, grantsByGateway }: ApprovalsState,
  gatewayId: string,
  at: string,
): Grant[] {
  const ids = grantsByGateway.get(gatewayId) ?? []
  return [...ids].flatMap((id) => {
    const grant = grants.get(id)
    return grant === undefined || isOver(grant, at) ? [] : [grant]
  })
}

function isOver(grant: Grant | undefined, at: string): boolean {
  return grant === undefined || grantAt(grant, at).status !== 'open'
}

function forget({ grants, grantsByGateway }: ApprovalsState, now: string): void {
  let open = 0
  for (const ids of grantsByGateway.values()) open += ids.size
  for (const [id, grant] of grants) {
    if (grants.size - open <= MOST_ENDED) return
    if (grantAt(grant, now).status === 'open') continue
    grants.delete(id)
  }
}
