import { type Environment, processEnvironment } from '@sallyport/runtime'
import type { Command } from 'commander'
import { type ApiClient, apiClient, type Page } from '../api-client.ts'
import { resolveConnection } from '../connection.ts'

const LISTS: ReadonlyMap<string, string> = new Map([
  ['gateway', '/v1/gateways'],
  ['upstream', '/v1/upstreams'],
  ['person', '/v1/persons'],
  ['bot', '/v1/bots'],
  ['token', '/v1/tokens'],
  ['webhook', '/v1/webhooks'],
])
/** Flags that take the name of a thing. */
const FLAGS: ReadonlyMap<string, string> = new Map([
  ['--gateway', 'gateway'],
  ['--owner-of', 'gateway'],
  ['--upstream', 'upstream'],
  ['--owner', 'person'],
  ['--person', 'person'],
])
/** Somebody waits with a finger on the key. */
const WITHIN_MS = 500
const MOST = 200

interface Named {
  readonly name: string
  readonly revokedAt?: string | null
}

/**
 * Gives the program the names that can stand for the last word, as the choices of its flag or argument. They are asked of
 * the Sallyport that commands would ask; where none answers soon, there are none.
 */
export async function addNames(program: Command, words: readonly string[]): Promise<void> {
  const flag = words.at(-2)
  const thing = FLAGS.get(flag ?? '')
  if (flag !== undefined && thing !== undefined) return giveToFlag(program, flag, await namesOf(thing))
  if (flag === '--scope' && words[0] === 'kill') return giveToFlag(program, flag, await scopes())
  const [group = '', act = ''] = words
  if (!LISTS.has(group) || act === 'add') return
  const argument = childOf(childOf(program, group), act)?.registeredArguments[words.length - 3]
  if (argument?.name() === 'name') argument.argChoices = await namesOf(group)
  if (argument?.name() === 'person') argument.argChoices = await namesOf('person')
}

function giveToFlag(command: Command, flag: string, names: string[]): void {
  for (const option of command.options) if (option.long === flag) option.argChoices = names
  for (const child of command.commands) giveToFlag(child as Command, flag, names)
}

function childOf(command: Command | undefined, name: string): Command | undefined {
  return command?.commands.find((child) => child.name() === name) as Command | undefined
}

async function scopes(): Promise<string[]> {
  const things = ['gateway', 'upstream']
  const all = await Promise.all(
    things.map(async (thing) => (await namesOf(thing)).map((name) => `${thing}:${name}`)),
  )
  return ['global', ...all.flat()]
}

async function namesOf(thing: string, environment: Environment = processEnvironment()): Promise<string[]> {
  try {
    const page = await localApi(environment).get<Page<Named>>(LISTS.get(thing) ?? '', { limit: MOST })
    return page.items.filter(({ revokedAt = null }) => revokedAt === null).map(({ name }) => name)
  } catch {
    return []
  }
}

function localApi(environment: Environment): ApiClient {
  return apiClient(resolveConnection({}, environment), AbortSignal.timeout(WITHIN_MS))
}
