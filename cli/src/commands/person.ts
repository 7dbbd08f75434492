import { Command } from 'commander'
import { action } from '../context.ts'
import { UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { printable, table } from '../output.ts'
import { shownTime } from '../shown-time.ts'
import { namesIn } from './names-in.ts'
import { type ListFlags, listFlags, listOf } from './paging.ts'

interface Person {
  readonly id: string
  readonly name: string
  readonly email: string | null
  readonly groups: readonly string[]
  readonly roles: readonly string[]
  readonly identity: { readonly issuer: string; readonly subject: string } | null
  readonly ownerOf: readonly string[]
  readonly createdAt: string
  readonly token?: string | null
}

interface Flags {
  readonly groups?: string
  readonly roles?: string
  readonly email?: string
  readonly issuer?: string
  readonly subject?: string
  readonly ownerOf?: string[]
  readonly identity?: boolean
  readonly printToken?: boolean
}

const ROLES = 'owner, admin, approver, analyst, viewer'

/** `sallyport person add|set|rotate|remove|list`: people, their groups and roles. */
export function personCommand(): Command {
  const command = new Command('person').description('people who answer and administer: groups, roles, tokens')
  for (const one of [addCommand(), setCommand(), rotateCommand(), removeCommand(), listCommand()])
    command.addCommand(one)
  return command
}

function addCommand(): Command {
  return example(
    factFlags(new Command('add').description('adds a person; prints their token once').argument('<name>'))
      .option('--owner-of <gateway...>', 'agents that they answer for, and whose calls they never approve')
      .option('--no-print-token', 'gives no token: they sign in'),
    'sallyport person add dana --groups sre,finance',
    'sallyport person add ana --roles analyst --email ana@example.com',
    'sallyport person add omar --issuer https://login.example.com --subject 00u1omar --no-print-token',
  ).action(
    action(async ({ api, output }, name: string, flags: Flags) => {
      const { ownerOf, printToken: token = true } = flags
      const body = { name, ...factsOf(flags), ...(ownerOf && { ownerOf }), ...(token ? {} : { token }) }
      const person = await api.write<Person>('POST', '/v1/persons', body)
      output.object(person, () => withToken(`added person ${name}: ${factsText(person)}`, person))
    }),
  )
}

function setCommand(): Command {
  return example(
    factFlags(
      new Command('set').description('sets what is given of a person; the rest stays').argument('<name>'),
    ).option('--no-identity', 'they do not sign in any more'),
    'sallyport person set dana --groups sre,finance,security',
    'sallyport person set dana --roles approver,admin',
  ).action(
    action(async ({ api, output }, name: string, flags: Flags) => {
      const body = { ...factsOf(flags), ...(flags.identity === false && { identity: null }) }
      if (Object.keys(body).length === 0) throw new UsageError('say what to set: see --help')
      const person = await api.write<Person>('PATCH', `/v1/persons/${encodeURIComponent(name)}`, body)
      output.object(person, () => `set person ${name}: ${factsText(person)}`)
    }),
  )
}

function rotateCommand(): Command {
  return example(
    new Command('rotate')
      .description('gives the person a new token; the old one ends at once')
      .argument('<name>'),
    'sallyport person rotate dana',
  ).action(
    action(async ({ api, output }, name: string) => {
      const person = await api.write<Person>('POST', `/v1/persons/${encodeURIComponent(name)}/rotate`)
      output.object(person, () => withToken(`person ${name} has a new token`, person))
    }),
  )
}

function removeCommand(): Command {
  return example(
    new Command('remove')
      .description('removes a person; their tokens, sessions and bots end at once')
      .argument('<name>'),
    'sallyport person remove dana',
  ).action(
    action(async ({ api, output }, name: string) => {
      await api.write('DELETE', `/v1/persons/${encodeURIComponent(name)}`)
      output.object({ name, removed: true }, () => `removed person ${name}`)
    }),
  )
}

function listCommand(): Command {
  return example(
    listFlags(new Command('list').description('lists people, their roles and groups')),
    'sallyport person list',
  ).action(
    action(async ({ api, output }, flags: ListFlags) => {
      const page = await listOf<Person>(api, '/v1/persons', flags)
      const rows = page.items.map((person) => [
        person.name,
        person.roles.join(','),
        person.groups.join(','),
        person.ownerOf.join(','),
        person.identity === null ? '' : `${person.identity.subject} of ${person.identity.issuer}`,
        shownTime(person.createdAt),
      ])
      output.list(page, () => table(['NAME', 'ROLES', 'GROUPS', 'OWNS', 'SIGNS IN AS', 'ADDED'], rows))
    }),
  )
}

function factFlags(command: Command): Command {
  return command
    .option('--groups <names>', 'groups, comma-separated')
    .option('--roles <roles>', `of ${ROLES}, comma-separated (default of a new person: approver)`)
    .option('--email <address>', 'where they are written to; it identifies nobody')
    .option('--issuer <url>', 'with --subject: they sign in through this OpenID provider')
    .option('--subject <sub>', 'with --issuer: who they are there')
}

function factsOf({ groups, roles, email, issuer, subject }: Flags): object {
  if ((issuer === undefined) !== (subject === undefined))
    throw new UsageError('--issuer and --subject go together')
  return {
    ...(groups === undefined ? {} : { groups: namesIn(groups) }),
    ...(roles === undefined ? {} : { roles: namesIn(roles) }),
    ...(email === undefined ? {} : { email }),
    ...(issuer === undefined ? {} : { identity: { issuer, subject } }),
  }
}

function factsText({ roles, groups, ownerOf, identity }: Person): string {
  const parts = [
    `roles ${roles.join(', ') || 'none'}`,
    `groups ${groups.join(', ') || 'none'}`,
    ...(ownerOf.length > 0 ? [`owner of ${ownerOf.join(', ')}`] : []),
    ...(identity === null ? [] : [`signs in as ${identity.subject} of ${identity.issuer}`]),
  ]
  return printable(parts.join('; '))
}

function withToken(done: string, { token }: Person): string {
  return token ? `${done}\ntoken: ${token}\nIt is shown only now.` : done
}
