import type { EventOf } from '@sallyport/events'
import type { ApiToken, ControlState } from './state.ts'
import { accept, reject, type Transition, withEntry } from './transition.ts'

export function onTokenIssued(state: ControlState, event: EventOf<'sallyport.token.issued.v2'>): Transition {
  const { id, name, scope, tokenHash, holder, expiresAt = null } = event.data
  const known = state.tokens.get(name)
  if (known && known.revokedAt === null) return reject(state, 'conflict', `there is a token ${name}`)
  if (holder === null && scope === null)
    return reject(state, 'conflict', 'a token of nobody has to say its scope')
  if (holder !== null && !holders(state, holder.type).has(holder.id))
    return reject(state, 'not_found', `the ${holder.type} whose token it would be is gone`)
  const token = { id, name, scope, tokenHash, holder, expiresAt, createdAt: event.time, revokedAt: null }
  const tokens = withEntry(withoutEnded(state.tokens, event.time), name, token)
  return accept(state, { tokens }, id)
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

/** The tokens, with those of the holders who go now ended. */
export function tokensWithout(
  tokens: ControlState['tokens'],
  gone: ReadonlySet<string>,
  at: string,
): ControlState['tokens'] {
  const ends = ({ holder, revokedAt }: ApiToken) =>
    revokedAt === null && holder !== null && gone.has(holder.id)
  return new Map([...tokens].map(([name, one]) => [name, ends(one) ? { ...one, revokedAt: at } : one]))
}

function holders(state: ControlState, type: 'person' | 'bot'): ReadonlyMap<string, unknown> {
  return type === 'person' ? state.persons : state.bots
}

/** Sessions come and go: those that ended by themselves are forgotten when the next token is issued. */
function withoutEnded(tokens: ControlState['tokens'], now: string): ControlState['tokens'] {
  return new Map([...tokens].filter(([, { expiresAt }]) => expiresAt === null || now < expiresAt))
}
