import { Argument, Command, Option } from 'commander'
import { differenceText } from '../catalog/difference-text.ts'
import { fetchDiffering } from '../catalog/fetch-differing.ts'
import type { Differing, Offered } from '../catalog/offered.ts'
import { visible } from '../catalog/visible.ts'
import { action } from '../context.ts'
import { UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { table } from '../output.ts'
import { type ListFlags, listFlags, listOf } from './paging.ts'

const KINDS = ['tool', 'prompt', 'resource', 'template']
const STATUSES = ['accepted', 'changed', 'added', 'removed', 'refused']
const MODES = ['log', 'block', 'hold', 'default']
/** How many entries one request accepts at most. */
const AT_ONCE = 1000

interface Which {
  readonly upstream?: string
  readonly kind?: string
}

/** `sallyport catalog list|diff|accept|mode`: what servers offer, and the changes that wait for an answer. */
export function catalogCommand(): Command {
  const command = new Command('catalog').description(
    'what servers offer; a tool that changed is held until somebody accepts the difference',
  )
  command.addCommand(listCommand(), { isDefault: true })
  command.addCommand(diffCommand())
  command.addCommand(acceptCommand())
  command.addCommand(modeCommand())
  return command
}

function listCommand(): Command {
  return example(
    listFlags(
      which(
        new Command('list').description('lists the tools, prompts and resources that servers offer'),
      ).addOption(new Option('--status <status>', 'only those in this state').choices(STATUSES)),
    ),
    'sallyport catalog list --upstream files --status changed',
  ).action(
    action(async ({ api, output }, flags: ListFlags & Which & { readonly status?: string }) => {
      const { upstream, kind, status } = flags
      const page = await listOf<Offered>(api, '/v1/catalog', flags, { upstream, kind, status })
      const rows = page.items.map((one) => [
        one.upstream,
        one.kind,
        visible(one.key),
        one.status,
        one.mode,
        (one.offered ?? '').slice(0, 12),
        one.refused === null ? '' : visible(one.refused),
      ])
      output.list(page, () =>
        table(['UPSTREAM', 'KIND', 'NAME', 'STATUS', 'MODE', 'FINGERPRINT', 'REFUSED FOR'], rows),
      )
    }),
  )
}

function diffCommand(): Command {
  return example(
    which(
      new Command('diff')
        .description('shows how what servers offer differs from what was accepted')
        .argument('[name]', 'one tool, prompt or resource'),
    ),
    'sallyport catalog diff --upstream files read_file',
  ).action(
    action(async ({ api, output }, name: string | undefined, { upstream, kind }: Which) => {
      const items = await fetchDiffering(api, { upstream, kind, key: name })
      output.object({ items }, () =>
        items.length === 0 ? nothingDiffers(name) : items.map(differenceText).join('\n\n'),
      )
    }),
  )
}

function nothingDiffers(name: string | undefined): string {
  return name === undefined
    ? 'nothing differs from what was accepted'
    : `${visible(name)} is as it was accepted`
}

interface AcceptFlags extends Which {
  readonly all?: boolean
  readonly fingerprint?: string
}

function acceptCommand(): Command {
  return example(
    which(
      new Command('accept')
        .description('accepts what a server offers now; refused when it changes again meanwhile')
        .argument('[name]', 'one tool, prompt or resource'),
    )
      .option('--all', 'everything of the server that differs')
      .option(
        '--fingerprint <digits>',
        'only the definition whose fingerprint begins so, as diff has shown it',
      ),
    'sallyport catalog accept --upstream files read_file --fingerprint 4f2a91c07be3',
  ).action(
    action(async ({ api, output }, name: string | undefined, flags: AcceptFlags) => {
      const { upstream, kind, all = false, fingerprint } = flags
      if (upstream === undefined) throw new UsageError('say which server: --upstream NAME')
      if ((name === undefined) !== all) throw new UsageError('name what is accepted, or say --all')
      const differing = await fetchDiffering(api, { upstream, kind, key: name })
      const items = differing.filter((one) => fits(one, fingerprint))
      if (items.length < differing.length)
        throw new UsageError('what is offered now has another fingerprint: look at the difference again')
      for (let from = 0; from < items.length; from += AT_ONCE)
        await api.write('POST', '/v1/catalog/accept', {
          upstream,
          entities: items
            .slice(from, from + AT_ONCE)
            .map((one) => ({ kind: one.kind, key: one.key, fingerprint: one.offered })),
        })
      output.object({ accepted: items }, () =>
        items.length === 0
          ? nothingDiffers(name)
          : `${items.map(differenceText).join('\n\n')}\n\naccepted ${items.length}`,
      )
    }),
  )
}

function fits({ offered }: Differing, fingerprint: string | undefined): boolean {
  return fingerprint === undefined || (offered?.startsWith(fingerprint.toLowerCase()) ?? false)
}

interface ModeFlags {
  readonly upstream: string
  readonly kind: string
  readonly when?: string
}

function modeCommand(): Command {
  return example(
    new Command('mode')
      .description('sets what happens with one tool, or with all that changed, were added or are not listed')
      .addArgument(
        new Argument('<mode>', 'log: it passes; hold: a person is asked; block: denied').choices(MODES),
      )
      .argument('[name]', 'one tool, prompt or resource, in any state')
      .requiredOption('--upstream <name>', 'the server')
      .addOption(new Option('--kind <kind>', 'what it is').choices(KINDS).default('tool'))
      .addOption(
        new Option('--when <state>', 'all of the kind that are in this state').choices([
          'changed',
          'added',
          'unknown',
        ]),
      ),
    'sallyport catalog mode block --upstream files --when changed',
    'sallyport catalog mode hold delete_file --upstream files',
  ).action(
    action(async ({ api, output }, mode: string, name: string | undefined, flags: ModeFlags) => {
      const { upstream, kind, when } = flags
      if ((name === undefined) === (when === undefined))
        throw new UsageError('name one tool, prompt or resource, or select them with --when')
      const body = {
        upstream,
        kind,
        key: name ?? null,
        status: when ?? null,
        mode: mode === 'default' ? null : mode,
      }
      const set = await api.write('PUT', '/v1/catalog/modes', body)
      const what = name === undefined ? `${kind}s that are ${when}` : `${kind} ${visible(name)}`
      output.object(set, () => `${what} of ${upstream}: ${mode}`)
    }),
  )
}

function which(command: Command): Command {
  return command
    .option('--upstream <name>', 'only what this server offers')
    .addOption(new Option('--kind <kind>', 'only this kind').choices(KINDS))
}
