import { ROLES, type Role } from '@sallyport/policy/words'

/** Which role each value of a claim gives. */
export type RoleMapping = ReadonlyMap<string, readonly Role[]>

/** Reads `platform-admins=admin,everyone=viewer`. Throws an Error that says what is wrong. */
export function readRoleMapping(text: string): RoleMapping {
  const mapping = new Map<string, readonly Role[]>()
  for (const pair of text.split(',').map((one) => one.trim())) {
    if (pair === '') continue
    const at = pair.lastIndexOf('=')
    const [value, name] = [pair.slice(0, at), pair.slice(at + 1)]
    const role = ROLES.find((known) => known === name)
    if (at < 1 || role === undefined)
      throw new Error(`must be VALUE=ROLE, and the roles are ${ROLES.join(', ')}`)
    mapping.set(value, [...(mapping.get(value) ?? []), role])
  }
  return mapping
}

/** What the claims of an ID token say of a person's rights, and how they may be called. */
export interface Claimed {
  readonly groups: string[]
  readonly roles: Role[]
  readonly email: string | null
  /** What they could be called, best first. */
  readonly names: readonly string[]
}

export interface ClaimNames {
  readonly groupsClaim: string
  readonly rolesClaim: string
  readonly roles: RoleMapping
}

const GROUP = /^[a-z0-9][a-z0-9._-]{0,62}$/
const MOST_GROUPS = 64

/**
 * A group that could not be named in a permission is left out; so is one beyond the 64th. An e-mail address counts only
 * where the provider says that it has verified it, and then as an address and as nothing else.
 */
export function claimedBy(
  claims: Readonly<Record<string, unknown>>,
  { groupsClaim, rolesClaim, roles }: ClaimNames,
): Claimed {
  const given = textsIn(claims[groupsClaim])
  const values = new Set([...given, ...textsIn(claims[rolesClaim])])
  const mapped = [...values].flatMap((value) => roles.get(value) ?? [])
  const groups = [...new Set(given)].filter((group) => GROUP.test(group)).slice(0, MOST_GROUPS)
  const email = claims['email_verified'] === true ? textOf(claims['email']) : null
  const names = [claims['preferred_username'], claims['nickname'], email?.split('@')[0], claims['name']]
  return {
    groups,
    roles: ROLES.filter((role) => mapped.includes(role)),
    email: email !== null && /^[^@\s]+@[^@\s]+$/.test(email) && email.length <= 320 ? email : null,
    names: names.flatMap((name) => nameIn(textOf(name)) ?? []),
  }
}

/** The first of the names that nobody has, with a number where all are taken. */
export function freeName(names: readonly string[], taken: ReadonlySet<string>): string {
  const wanted = names.length > 0 ? names : ['person']
  const free = wanted.find((name) => !taken.has(name))
  if (free !== undefined) return free
  const [first = ''] = wanted
  for (let number = 2; ; number += 1) {
    const name = `${first.slice(0, 50)}-${number}`
    if (!taken.has(name)) return name
  }
}

function nameIn(text: string | null): string | undefined {
  const name = (text ?? '')
    .toLowerCase()
    .replace(/@.*$/, '')
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .slice(0, 63)
  return GROUP.test(name) ? name : undefined
}

function textsIn(claim: unknown): string[] {
  if (typeof claim === 'string') return [claim]
  return Array.isArray(claim) ? claim.filter((one) => typeof one === 'string') : []
}

function textOf(claim: unknown): string | null {
  return typeof claim === 'string' && claim !== '' ? claim : null
}
