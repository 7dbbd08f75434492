import type { EventOf } from '@sallyport/events'
import { canonicalJson, sha256Hex } from '@sallyport/runtime'
import type { ControlState, Person } from './state.ts'
import { tokensWithout } from './tokens.ts'
import { accept, reject, type Transition, withEntry, withoutEntry } from './transition.ts'

/** The person of this name, if there is one now. */
export function personNamed({ persons }: Pick<ControlState, 'persons'>, name: string): Person | undefined {
  return [...persons.values()].find((person) => person.name === name)
}

/** The person who signs in as this subject of this issuer. An e-mail address says nothing of who they are. */
export function personOfIdentity(
  { persons }: Pick<ControlState, 'persons'>,
  { issuer, subject }: NonNullable<Person['identity']>,
): Person | undefined {
  return [...persons.values()].find(
    ({ identity }) => identity?.issuer === issuer && identity.subject === subject,
  )
}

/** Two that read the same are the same; a change names the one that it is a change of. */
export function personDigest({
  id,
  name,
  email,
  groups,
  roles,
  identity,
}: Omit<Person, 'createdAt'>): string {
  return sha256Hex(canonicalJson([id, name, email, groups, roles, identity]))
}

/** A name is taken while there is a person of it. Afterwards it can be given again, with a new id. */
export function onPersonAdded(state: ControlState, event: EventOf<'sallyport.person.added.v1'>): Transition {
  const { id, name, identity } = event.data
  if (state.persons.has(id) || personNamed(state, name))
    return reject(state, 'conflict', `there is a person ${name}`)
  const other = identity && personOfIdentity(state, identity)
  if (other) return reject(state, 'conflict', `this identity is that of ${other.name}`)
  const person = personOf(event.data, event.time)
  return accept(state, { persons: withEntry(state.persons, id, person) }, id)
}

/** By id: nothing that was meant for one person comes to another who has the name now. */
export function onPersonChanged(
  state: ControlState,
  event: EventOf<'sallyport.person.changed.v1'>,
): Transition {
  const { id, name, identity } = event.data
  const known = state.persons.get(id)
  if (known === undefined) return reject(state, 'not_found', `there is no person ${name} of this id`)
  const { basedOn } = event.data
  if (basedOn !== undefined && basedOn !== personDigest(known))
    return reject(state, 'conflict', `${known.name} was changed meanwhile`)
  const namesake = personNamed(state, name)
  if (namesake && namesake.id !== id) return reject(state, 'conflict', `there is a person ${name}`)
  const other = identity && personOfIdentity(state, identity)
  if (other && other.id !== id) return reject(state, 'conflict', `this identity is that of ${other.name}`)
  const person = personOf(event.data, known.createdAt)
  return accept(state, { persons: withEntry(state.persons, id, person) }, id)
}

/** Their bots go with them, and the tokens of all of them end at once. */
export function onPersonRemoved(
  state: ControlState,
  event: EventOf<'sallyport.person.removed.v1'>,
): Transition {
  const { id, name } = event.data
  if (!state.persons.has(id)) return reject(state, 'not_found', `there is no person ${name} of this id`)
  const theirs = [...state.bots.values()].filter(({ personId }) => personId === id)
  const gone = new Set([id, ...theirs.map((bot) => bot.id)])
  const bots = new Map([...state.bots].filter(([botId]) => !gone.has(botId)))
  const tokens = tokensWithout(state.tokens, gone, event.time)
  return accept(state, { persons: withoutEntry(state.persons, id), bots, tokens }, id)
}

function personOf(data: EventOf<'sallyport.person.added.v1'>['data'], createdAt: string): Person {
  const { id, name, email, groups, roles, identity } = data
  return { id, name, email, groups, roles, identity, createdAt }
}
