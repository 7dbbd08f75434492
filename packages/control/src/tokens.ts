import type { EventOf } from '@sallyport/events'
import type { ApiToken, ControlState } from './state.ts'
import { accept, reject, type Transition, withEntry } from './transition.ts'

export function onTokenIssued(state: ControlState, event: EventOf<'sallyport.token.issued.v2'>): Transition {
  const { id, name, scope, tokenHash, holder, expiresAt = null, parentId } = event.data
  const known = state.tokens.get(name)
  if (known && known.revokedAt === null) return reject(state, 'conflict', `there is a token ${name}`)
  if (holder === null && scope === null)
    return reject(state, 'conflict', 'a token of nobody has to say its scope')
  if (holder !== null && !holders(state, holder.type).has(holder.id))
    return reject(state, 'not_found', `the ${holder.type} whose token it would be is gone`)
  if (parentId !== undefined && !isThere(state.tokens, parentId))
    return reject(state, 'not_found', 'the token that the session was begun with has ended')
  const facts = {
    id,
    name,
    scope,
    tokenHash,
    holder,
    expiresAt,
    ...(parentId === undefined ? {} : { parentId }),
  }
  const token = { ...facts, createdAt: event.time, revokedAt: null }
  const tokens = withEntry(withoutEnded(state.tokens, event.time), name, token)
  return accept(state, { tokens }, id)
}

/** The last admin token stays: without one nobody could ever issue another. Sessions that were begun with it end too. */
export function onTokenRevoked(
  state: ControlState,
  event: EventOf<'sallyport.token.revoked.v1'>,
): Transition {
  const { name } = event.data
  const known = state.tokens.get(name)
  if (!known || known.revokedAt !== null) return reject(state, 'not_found', `there is no token ${name}`)
  if (isLastAdmin(state.tokens, known)) return reject(state, 'conflict', `${name} is the last admin token`)
  const ends = ({ id, parentId }: ApiToken) => id === known.id || parentId === known.id
  return accept(state, { tokens: ended(state.tokens, ends, event.time) }, known.id)
}

/** The tokens, with those of the holders who go now ended. */
export function tokensWithout(
  tokens: ControlState['tokens'],
  gone: ReadonlySet<string>,
  at: string,
): ControlState['tokens'] {
  return ended(tokens, ({ holder }) => holder !== null && gone.has(holder.id), at)
}

function ended(
  tokens: ControlState['tokens'],
  ends: (token: ApiToken) => boolean,
  at: string,
): ControlState['tokens'] {
  const now = (one: ApiToken) => (one.revokedAt === null && ends(one) ? { ...one, revokedAt: at } : one)
  return new Map([...tokens].map(([name, one]) => [name, now(one)]))
}

function isThere(tokens: ControlState['tokens'], tokenId: string): boolean {
  return [...tokens.values()].some(({ id, revokedAt }) => id === tokenId && revokedAt === null)
}

/** A session is none: it ends by itself. */
function isLastAdmin(tokens: ControlState['tokens'], token: ApiToken): boolean {
  const isAdmin = ({ scope, revokedAt, expiresAt }: ApiToken) =>
    scope === 'admin' && revokedAt === null && expiresAt === null
  return isAdmin(token) && ![...tokens.values()].some((other) => isAdmin(other) && other.id !== token.id)
}

function holders(state: ControlState, type: 'person' | 'bot'): ReadonlyMap<string, unknown> {
  return type === 'person' ? state.persons : state.bots
}

/** Sessions come and go: those that ended by themselves are forgotten when the next token is issued. */
function withoutEnded(tokens: ControlState['tokens'], now: string): ControlState['tokens'] {
  return new Map([...tokens].filter(([, { expiresAt }]) => expiresAt === null || now < expiresAt))
}
