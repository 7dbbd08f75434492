import type { Party, WithIds } from '../rewrite/bound-ids.ts'
import type { Session } from './session.ts'

/** Whose stream it is. */
export interface EventParty extends Party {
  readonly session: Pick<Session, 'id' | 'label'> | null
}

/**
 * What the client is told as the id of an event. Servers look up where to go on by that id alone, so that somebody
 * who learned one of another session could read that one's stream; ours are good in their own session only.
 */
export function toldEventId({ ids }: WithIds, call: EventParty, id: string): string {
  return id === '' ? id : ids.bind('event', call, `${generation(call)}.${id}`)
}

/**
 * The upstream's id of the event after which the client goes on. Null where it was an event of the session's that the
 * upstream has lost since: there is nothing to go on with. Undefined for what this session never had.
 */
export function upstreamEventId({ ids }: WithIds, call: EventParty, told: string): string | null | undefined {
  const text = ids.open('event', call, told)
  if (text === undefined) return undefined
  const end = text.indexOf('.')
  return text.slice(0, end) === generation(call) ? text.slice(end + 1) : null
}

function generation({ session }: EventParty): string {
  return session?.label ?? ''
}
