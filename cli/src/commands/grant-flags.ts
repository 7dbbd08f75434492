import type { Command } from 'commander'
import { shownTime } from '../shown-time.ts'

/** For which calls beside the one that is approved an approval is meant. */
export interface GrantFlags {
  readonly for?: string
  readonly session?: boolean
  readonly uses?: string
  readonly where?: readonly string[]
  readonly others?: boolean
}

/** The part of an approval that is about grants. */
export interface Granting {
  readonly status: string
  readonly grant?: {
    readonly id: string
    readonly text: string
    readonly status: string
    readonly until: string
    readonly usesLeft: number | null
  } | null
  readonly wouldGrant?: readonly { readonly name: string; readonly text: string }[]
}

export function grantFlags(command: Command): Command {
  return command
    .option('--for <time>', 'grants calls of the same tool as well, for a time such as 30m, 2h or 1d')
    .option('--session', 'grants those of the same session alone')
    .option('--uses <number>', 'grants so many of them')
    .option(
      '--where <condition...>',
      'grants those whose arguments fit, such as \'repo="acme/web"\' title \'branch~"release-*"\'',
    )
    .option('--others', 'with --where: arguments that are not named may be there, and be anything')
}

/** The member of the request; nothing where the call is approved for itself alone. */
export function grantOf(flags: GrantFlags): { readonly grant?: object } {
  const { for: time, session, uses, where, others } = flags
  const grant = {
    ...(time !== undefined && { for: time }),
    ...(session && { session }),
    ...(uses !== undefined && { uses: Number(uses) }),
    ...(where && { where }),
    ...(others && { others: 'any' }),
  }
  return Object.keys(grant).length === 0 ? {} : { grant }
}

/** What has become of the grant that a vote asked for. */
export function grantNote({ status, grant, wouldGrant = [] }: Granting): string {
  if (grant)
    return `granted ${grant.text}, until ${shownTime(grant.until)}; sallyport grant revoke ${grant.id} ends it`
  if (status === 'pending') return 'the grant is given once every vote that is needed has asked for the same'
  const asked = wouldGrant.map(({ name, text }) => `${name} ${text}`).join('; ')
  return `no grant was given, as not every vote asked for the same (${asked}): this call alone is approved`
}

/** The lines of `approvals show`, each with its name. */
export function grantLines({ grant, wouldGrant = [] }: Granting): [string, string][] {
  if (!grant) return wouldGrant.map(({ name, text }) => ['would grant', `${name}: ${text}`])
  const left = grant.usesLeft === null ? '' : `, ${grant.usesLeft} left`
  return [['grant', `${grant.id}: ${grant.text}, ${grant.status} until ${shownTime(grant.until)}${left}`]]
}
