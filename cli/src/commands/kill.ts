import { Argument, Command } from 'commander'
import { action } from '../context.ts'
import { example } from '../example.ts'

interface KillSwitch {
  readonly scope: string
  readonly on: boolean
}

/** `sallyport kill on|off`: stops new and held calls within a second. */
export function killCommand(): Command {
  return example(
    new Command('kill')
      .description('stops new and held calls within a second')
      .addArgument(new Argument('<state>').choices(['on', 'off']))
      .option('--scope <scope>', 'global, gateway:NAME or connector:NAME', 'global')
      .option('--reason <text>', 'kept in the record'),
    'sallyport kill on --scope gateway:code-agent',
  ).action(
    action(async ({ api, output }, state: 'on' | 'off', flags: { scope: string; reason?: string }) => {
      const body = { scope: flags.scope, on: state === 'on', reason: flags.reason ?? null }
      const kill = await api.write<KillSwitch>('PUT', '/v1/kill-switch', body)
      output.object(kill, () => `kill switch ${kill.on ? 'on' : 'off'} for ${kill.scope}`)
    }),
  )
}
