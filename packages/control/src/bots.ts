import type { EventOf } from '@sallyport/events'
import type { Bot, ControlState } from './state.ts'
import { tokensWithout } from './tokens.ts'
import { accept, reject, type Transition, withEntry, withoutEntry } from './transition.ts'

/** The bot of this name, if there is one now. */
export function botNamed({ bots }: Pick<ControlState, 'bots'>, name: string): Bot | undefined {
  return [...bots.values()].find((bot) => bot.name === name)
}

export function onBotAdded(state: ControlState, event: EventOf<'sallyport.bot.added.v1'>): Transition {
  const { id, name, personId, limits } = event.data
  if (state.bots.has(id) || botNamed(state, name)) return reject(state, 'conflict', `there is a bot ${name}`)
  if (isOfNobody(state, personId)) return reject(state, 'not_found', PERSON_GONE)
  const bot = { id, name, personId, limits, createdAt: event.time }
  return accept(state, { bots: withEntry(state.bots, id, bot) }, id)
}

/** By id, as a person. */
export function onBotChanged(state: ControlState, event: EventOf<'sallyport.bot.changed.v1'>): Transition {
  const { id, name, personId, limits } = event.data
  const known = state.bots.get(id)
  if (known === undefined) return reject(state, 'not_found', `there is no bot ${name} of this id`)
  const namesake = botNamed(state, name)
  if (namesake && namesake.id !== id) return reject(state, 'conflict', `there is a bot ${name}`)
  if (isOfNobody(state, personId)) return reject(state, 'not_found', PERSON_GONE)
  const bot = { id, name, personId, limits, createdAt: known.createdAt }
  return accept(state, { bots: withEntry(state.bots, id, bot) }, id)
}

export function onBotRemoved(state: ControlState, event: EventOf<'sallyport.bot.removed.v1'>): Transition {
  const { id, name } = event.data
  if (!state.bots.has(id)) return reject(state, 'not_found', `there is no bot ${name} of this id`)
  const tokens = tokensWithout(state.tokens, new Set([id]), event.time)
  return accept(state, { bots: withoutEntry(state.bots, id), tokens }, id)
}

const PERSON_GONE = 'the person whose bot it would be is gone'

function isOfNobody({ persons }: ControlState, personId: string | null): boolean {
  return personId !== null && !persons.has(personId)
}
