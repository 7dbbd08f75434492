import type { Party, WithIds } from '../rewrite/bound-ids.ts'
import type { Session } from './session.ts'

/** The client and the session whose stream an event belongs to. */
export interface EventParty extends Party {
  readonly session: Pick<Session, 'id' | 'label'> | null
}

/**
 * The id of an event as the client gets it. Servers look up a stream by that id alone, so a client that learned an id
 * of another session could read its stream. Our ids are valid in their own session only.
 */
export function toldEventId({ ids }: WithIds, call: EventParty, id: string): string {
  return id === '' ? id : ids.bind('event', call, `${generation(call)}.${id}`)
}

/**
 * The upstream's id of the event after which the client goes on. Null for an event of a session that the upstream has
 * lost since: there is nothing to resume. Undefined for what this session never had.
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
