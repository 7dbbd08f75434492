import { type Bot, botNamed, type ControlState, notThere, type Person, personNamed } from '@sallyport/control'
import { NotFound } from '@sallyport/http-api'

/** Throws NotFound, which names those who are there. */
export function existingPerson(state: ControlState, name: string): Person {
  const person = personNamed(state, name)
  if (person) return person
  throw new NotFound(notThere('person', name, namesOf(state.persons)))
}

/** Throws NotFound, which names those that are there. */
export function existingBot(state: ControlState, name: string): Bot {
  const bot = botNamed(state, name)
  if (bot) return bot
  throw new NotFound(notThere('bot', name, namesOf(state.bots)))
}

function namesOf(things: ReadonlyMap<string, { readonly name: string }>): string[] {
  return [...things.values()].map(({ name }) => name)
}
