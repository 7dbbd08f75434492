import { Argument, Command } from 'commander'
import { action } from '../context.ts'
import { EXIT } from '../errors.ts'
import { example } from '../example.ts'
import { table } from '../output.ts'
import { shownTime } from '../shown-time.ts'
import { changedText, type KillSwitch, type KillSwitchChanged } from './kill-switch-text.ts'
import { listOf } from './paging.ts'

interface KillFlags {
  readonly scope: string
  readonly reason?: string
}

/** `sallyport kill on|off|list`: stops new and held calls within a second. */
export function killCommand(): Command {
  return example(
    new Command('kill')
      .description('stops new and held calls within a second')
      .addArgument(new Argument('<state>', 'on, off, or list for what is on').choices(['on', 'off', 'list']))
      .option(
        '--scope <scope>',
        'global (everything), gateway:NAME, upstream:NAME or connector:KIND',
        'global',
      )
      .option('--reason <text>', 'kept in the record'),
    'sallyport kill on --scope gateway:code-agent',
    'sallyport kill on --scope upstream:files --reason "wrong folder"',
    'sallyport kill off --scope gateway:code-agent',
  ).action(
    action(async ({ api, output }, state: 'on' | 'off' | 'list', flags: KillFlags) => {
      if (state === 'list') {
        const page = await listOf<KillSwitch>(api, '/v1/kill-switch', { all: true })
        const rows = page.items.map((set) => [
          set.scope,
          shownTime(set.since ?? ''),
          set.by ?? '',
          set.reason ?? '',
        ])
        output.list(page, () => table(['SCOPE', 'SINCE', 'BY', 'REASON'], rows))
        return
      }
      const body = { scope: flags.scope, on: state === 'on', reason: flags.reason ?? null }
      const kill = await api.write<KillSwitchChanged>('PUT', '/v1/kill-switch', body)
      output.object(kill, () => changedText(kill))
      // A script that meant another scope must not take it for done.
      if (state === 'off' && !kill.changed) process.exitCode = EXIT.notFound
    }),
  )
}
