import type { Role } from '@sallyport/policy/words'
import type { ApiToken, Bot, BotLimits, ControlState, Person, TokenScope } from './state.ts'

/** What a route asks for: a role of people, or that the caller is a bot. */
export type Reach = Role | 'bot'

/** Who the holder of a token is, now. */
export interface Standing {
  /** What counts once among votes: the person's id, also for a bot of theirs; else the bot's or the token's. */
  readonly id: string
  readonly name: string
  readonly type: 'person' | 'bot'
  readonly tokenId: string
  /** Whether the token is a session, which ends soon. */
  readonly isSession: boolean
  readonly personId: string | null
  readonly botId: string | null
  /** What they may reach. */
  readonly reach: readonly Reach[]
  /** What their votes count as: a bot's as those of its person too. */
  readonly roles: readonly Reach[]
  readonly groups: readonly string[]
  /** Of a bot. */
  readonly limits: BotLimits | null
}

/** Undefined where the holder is gone, and the token with them. */
export function standingOf(
  { persons, bots }: Pick<ControlState, 'persons' | 'bots'>,
  token: ApiToken,
): Standing | undefined {
  if (token.revokedAt !== null) return undefined
  if (token.holder === null) return ofItsOwn(token)
  const { type, id } = token.holder
  const person = type === 'person' ? persons.get(id) : undefined
  if (person) return ofPerson(person, token.id, token.expiresAt !== null)
  const bot = type === 'bot' ? bots.get(id) : undefined
  return bot && ofBot(bot, persons, token.id)
}

function ofPerson({ id, name, roles, groups }: Person, tokenId: string, isSession: boolean): Standing {
  const own = { id, name, type: 'person', tokenId, personId: id, botId: null } as const
  return { ...own, isSession, reach: roles, roles, groups, limits: null }
}

function ofBot(
  { id, name, personId, limits }: Bot,
  persons: ControlState['persons'],
  tokenId: string,
): Standing | undefined {
  const person = personId === null ? null : persons.get(personId)
  if (person === undefined) return undefined
  const own = { id: person?.id ?? id, name, type: 'bot', tokenId, personId, botId: id } as const
  const roles = [...(person?.roles ?? []), 'bot' as const]
  return { ...own, isSession: false, reach: ['bot'], roles, groups: person?.groups ?? [], limits }
}

/** A token of its own counts for itself, and its scope is its role. A session of one counts as that one. */
function ofItsOwn({ id: tokenId, parentId: id = tokenId, name: own, scope }: ApiToken): Standing {
  const name = id === tokenId ? own : own.slice(0, own.lastIndexOf(':'))
  const type = scope === 'bot' ? 'bot' : 'person'
  const roles = scope === null ? [] : ROLES_OF_SCOPE[scope]
  return {
    id,
    name,
    type,
    tokenId,
    isSession: id !== tokenId,
    personId: null,
    botId: null,
    reach: roles,
    roles,
    groups: [],
    limits: null,
  }
}

/** The first token of an installation has the scope `admin`, and has to be able to make the first owner. */
const ROLES_OF_SCOPE: Readonly<Record<TokenScope, readonly Reach[]>> = {
  admin: ['owner', 'admin'],
  approver: ['approver'],
  analyst: ['analyst'],
  bot: ['bot'],
}
