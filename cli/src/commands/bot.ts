import { Command, Option } from 'commander'
import { action } from '../context.ts'
import { UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { printable, table } from '../output.ts'
import { shownTime } from '../shown-time.ts'
import { namesIn } from './names-in.ts'
import { type ListFlags, listFlags, listOf } from './paging.ts'

interface Bot {
  readonly id: string
  readonly name: string
  readonly person: string | null
  readonly gateways: readonly string[] | null
  readonly risk: string | null
  readonly perMinute: number | null
  readonly stages: string | null
  readonly advisory: boolean
  readonly createdAt: string
  readonly token?: string | null
}

interface Flags {
  readonly person?: string
  readonly gateways?: string
  readonly risk?: string
  readonly perMinute?: string
  readonly stages?: string
  readonly advisory?: boolean
}

/** `sallyport bot add|set|rotate|remove|list`: programs that answer, each within limits. */
export function botCommand(): Command {
  const command = new Command('bot').description('programs that answer held calls, each within limits')
  for (const one of [addCommand(), setCommand(), rotateCommand(), removeCommand(), listCommand()])
    command.addCommand(one)
  return command
}

function addCommand(): Command {
  return example(
    limitFlags(
      new Command('add')
        .description('adds a bot; prints its token once')
        .argument('<name>')
        .option('--person <name>', 'in whose place it answers: together they count once'),
    ).option('--advisory', 'its answers are shown to people, and count for nothing'),
    'sallyport bot add triage --gateways code-agent --risk low --per-minute 10',
    'sallyport bot add second-opinion --advisory',
    'sallyport bot add danas-phone --person dana --stages group:sre',
  ).action(
    action(async ({ api, output }, name: string, flags: Flags) => {
      const { person, advisory } = flags
      const body = { name, ...limitsOf(flags), ...(person && { person }), ...(advisory && { advisory }) }
      const bot = await api.write<Bot>('POST', '/v1/bots', body)
      output.object(bot, () => withToken(`added bot ${name}: ${limitsText(bot)}`, bot))
    }),
  )
}

function setCommand(): Command {
  return example(
    limitFlags(new Command('set').description('sets limits of a bot; the others stay').argument('<name>'))
      .option('--advisory', 'its answers are shown to people, and count for nothing')
      .option('--no-advisory', 'its answers count'),
    'sallyport bot set triage --risk medium',
    'sallyport bot set triage --gateways any --no-advisory',
  ).action(
    action(async ({ api, output }, name: string, flags: Flags) => {
      const { advisory } = flags
      const body = { ...limitsOf(flags), ...(advisory === undefined ? {} : { advisory }) }
      if (Object.keys(body).length === 0) throw new UsageError('say which limit to set: see --help')
      const bot = await api.write<Bot>('PATCH', `/v1/bots/${encodeURIComponent(name)}`, body)
      output.object(bot, () => `set bot ${name}: ${limitsText(bot)}`)
    }),
  )
}

function rotateCommand(): Command {
  return example(
    new Command('rotate')
      .description('gives the bot a new token; the old one ends at once')
      .argument('<name>'),
    'sallyport bot rotate triage',
  ).action(
    action(async ({ api, output }, name: string) => {
      const bot = await api.write<Bot>('POST', `/v1/bots/${encodeURIComponent(name)}/rotate`)
      output.object(bot, () => withToken(`bot ${name} has a new token`, bot))
    }),
  )
}

function removeCommand(): Command {
  return example(
    new Command('remove').description('removes a bot; its token ends at once').argument('<name>'),
    'sallyport bot remove triage',
  ).action(
    action(async ({ api, output }, name: string) => {
      await api.write('DELETE', `/v1/bots/${encodeURIComponent(name)}`)
      output.object({ name, removed: true }, () => `removed bot ${name}`)
    }),
  )
}

function listCommand(): Command {
  return example(
    listFlags(new Command('list').description('lists bots and their limits')),
    'sallyport bot list',
  ).action(
    action(async ({ api, output }, flags: ListFlags) => {
      const page = await listOf<Bot>(api, '/v1/bots', flags)
      const rows = page.items.map((bot) => [
        bot.name,
        bot.person ?? '',
        limitsText(bot),
        shownTime(bot.createdAt),
      ])
      output.list(page, () => table(['NAME', 'FOR', 'LIMITS', 'ADDED'], rows))
    }),
  )
}

function limitFlags(command: Command): Command {
  return command
    .option('--gateways <names>', 'whose calls it may answer, comma-separated; any: every one')
    .addOption(
      new Option('--risk <risk>', 'the highest risk that it may answer').choices(['low', 'medium', 'high']),
    )
    .option('--per-minute <n>', 'how many answers it may give in a minute; any: no limit')
    .option('--stages <selectors>', "for which stages it counts: 'group:sre or person:dana'; any: every one")
}

/** `any` takes a limit away; the risk `high` is none. */
function limitsOf({ gateways, risk, perMinute, stages }: Flags): object {
  return {
    ...(gateways === undefined ? {} : { gateways: gateways === 'any' ? null : namesIn(gateways) }),
    ...(risk === undefined ? {} : { risk }),
    ...(perMinute === undefined ? {} : { perMinute: perMinute === 'any' ? null : countIn(perMinute) }),
    ...(stages === undefined ? {} : { stages: stages === 'any' ? null : stages }),
  }
}

function countIn(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new UsageError('--per-minute takes a number from 1 on, or any')
  return Number(text)
}

function limitsText({ gateways, risk, perMinute, stages, advisory }: Bot): string {
  const parts = [
    ...(advisory ? ['advice only'] : []),
    ...(gateways === null ? [] : [`of ${gateways.join(', ') || 'no gateway'}`]),
    ...(risk === null ? [] : [`risk ${risk} at most`]),
    ...(perMinute === null ? [] : [`${perMinute} a minute`]),
    ...(stages === null ? [] : [`for ${stages}`]),
  ]
  return printable(parts.join('; ') || 'no limits')
}

function withToken(done: string, { token }: Bot): string {
  return `${done}\ntoken: ${token}\nIt is shown only now.`
}
