import type { EventOf } from '@sallyport/events'
import type { ControlState } from './state.ts'
import { accept, reject, type Transition, withEntry } from './transition.ts'

export function onTokenIssued(state: ControlState, event: EventOf<'sallyport.token.issued.v1'>): Transition {
  const { id, name, scope, tokenHash } = event.data
  const known = state.tokens.get(name)
  if (known && known.revokedAt === null) return reject(state, 'conflict', `there is a token ${name}`)
  const token = { id, name, scope, tokenHash, createdAt: event.time, revokedAt: null }
  return accept(state, { tokens: withEntry(state.tokens, name, token) }, id)
}

/** The last admin token stays: without one nobody could ever issue another. */
export function onTokenRevoked(
  state: ControlState,
  event: EventOf<'sallyport.token.revoked.v1'>,
): Transition {
  const { name } = event.data
  const known = state.tokens.get(name)
  if (!known || known.revokedAt !== null) return reject(state, 'not_found', `there is no token ${name}`)
  const otherAdmin = [...state.tokens.values()].some(
    (token) => token.scope === 'admin' && token.revokedAt === null && token.name !== name,
  )
  if (known.scope === 'admin' && !otherAdmin)
    return reject(state, 'conflict', `${name} is the last admin token`)
  return accept(
    state,
    { tokens: withEntry(state.tokens, name, { ...known, revokedAt: event.time }) },
    known.id,
  )
}
