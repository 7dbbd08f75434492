import { Command } from 'commander'
import { paintFor } from '../colour.ts'
import { action } from '../context.ts'
import { EXIT } from '../errors.ts'
import { example } from '../example.ts'
import { table } from '../output.ts'
import { type KillSwitch, onText } from './kill-switch-text.ts'

interface Status {
  readonly status: 'ok' | 'degraded' | 'down'
  readonly killSwitches: readonly KillSwitch[]
  readonly parts: Readonly<
    Record<string, { readonly status: string; readonly reason?: string; readonly facts?: object }>
  >
}

/** `sallyport status`: exits 1 when a part is down. */
export function statusCommand(): Command {
  return example(
    new Command('status').description(
      'kill switches that are on, and the health of every part with the reason when one is not well',
    ),
    'sallyport status',
  ).action(
    action(async ({ api, output, url }) => {
      const status = await api.get<Status>('/v1/status')
      const rows = Object.entries(status.parts).map(([name, part]) => [
        name,
        part.status,
        part.reason ?? factsOf(part.facts),
      ])
      output.object(status, () =>
        [
          `${url}: ${status.status}`,
          ...stoppedLines(status.killSwitches),
          table(['PART', 'STATUS', ''], rows),
        ].join('\n'),
      )
      if (status.status === 'down') process.exitCode = EXIT.failed
    }),
  )
}

/** Above the parts: they are all well while a kill switch denies every call. */
function stoppedLines(killSwitches: readonly KillSwitch[]): string[] {
  const paint = paintFor(process.stdout)
  return killSwitches.map((one) => paint('bad', `KILL SWITCH ON: ${onText(one)}`))
}

function factsOf(facts: object | undefined): string {
  return Object.entries(facts ?? {})
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}
