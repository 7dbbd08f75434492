import type { Fleet } from '@sallyport/native'
import { apiOf } from '../e2e/support/api.ts'
import { compositionOf } from '../e2e/support/composition-of-fleet.ts'
import type { CallTarget } from './agent.ts'

/** A gateway with an agent, whose calls of `note` are held. */
export type Room = CallTarget

export interface Voter {
  readonly token: string
  readonly gateways: ReadonlySet<string>
}

export interface Rooms {
  readonly rooms: readonly Room[]
  readonly people: readonly Voter[]
  readonly bot: Voter
  /** Gateways of which half of the calls are left unanswered. */
  readonly ignoring: ReadonlySet<string>
}

/** So many gateways each: answered by a bot; by people, in two stages; by people, with little time and half of them not. */
const BY_BOT = 10
const STAGED = 6
const HURRIED = 4

const PEOPLE = { fay: ['finance'], finn: ['finance'], flo: ['finance'], sam: ['security'], sue: ['security'] }

export async function openRooms(fleet: Fleet, upstreamUrl: string): Promise<Rooms> {
  const composition = compositionOf(fleet)
  const { client, addGateway, addUpstream } = apiOf(composition)
  const upstream = await addUpstream(upstreamUrl)
  const several = async (count: number, approval: object | undefined) => {
    const made: Room[] = []
    for (let nth = 0; nth < count; nth += 1) {
      const { name, token } = await addGateway()
      const rule = { gateway: name, connector: 'mcp', action: 'mcp.tools.note', decision: 'require_approval' }
      await client.write('PUT', '/v1/permissions', { ...rule, ...(approval && { approval }) })
      made.push({ gateway: name, token, url: `${fleet.proxy}/mcp/${upstream}` })
    }
    return made
  }
  const byBot = await several(BY_BOT, undefined)
  const staged = await several(STAGED, { stages: '2 of group:finance then 1 of group:security' })
  const hurried = await several(HURRIED, { stages: '1 of anyone', answerWithin: '15s' })
  const named = (rooms: readonly Room[]) => new Set(rooms.map(({ gateway }) => gateway))
  const people: Voter[] = []
  for (const [name, groups] of Object.entries(PEOPLE)) {
    const { token } = await client.write<{ token: string }>('POST', '/v1/persons', {
      name,
      groups,
      roles: ['approver'],
    })
    people.push({ token, gateways: named([...staged, ...hurried]) })
  }
  const bot = await client.write<{ token: string }>('POST', '/v1/bots', { name: 'chaos-bot' })
  await composition.inForce()
  const rooms = inTurn([byBot, staged, hurried])
  return { rooms, people, bot: { token: bot.token, gateways: named(byBot) }, ignoring: named(hurried) }
}

/** Mixed, so that the first calls are of every kind. */
function inTurn(kinds: readonly (readonly Room[])[]): Room[] {
  const longest = Math.max(...kinds.map(({ length }) => length))
  return Array.from({ length: longest }, (_, nth) => kinds.flatMap((kind) => kind[nth] ?? [])).flat()
}
