import { Command } from 'commander'
import { action } from '../context.ts'
import { EXIT } from '../errors.ts'
import { example } from '../example.ts'
import { table } from '../output.ts'

interface Status {
  readonly status: 'ok' | 'degraded' | 'down'
  readonly parts: Readonly<
    Record<string, { readonly status: string; readonly reason?: string; readonly facts?: object }>
  >
}

/** `sallyport status`: exits 1 when a part is down. */
export function statusCommand(): Command {
  return example(
    new Command('status').description('health of every part, with the reason when one is not well'),
    'sallyport status',
  ).action(
    action(async ({ api, output, url }) => {
      const status = await api.get<Status>('/v1/status')
      const rows = Object.entries(status.parts).map(([name, part]) => [
        name,
        part.status,
        part.reason ?? factsOf(part.facts),
      ])
      output.object(status, () => `${url}: ${status.status}\n${table(['PART', 'STATUS', ''], rows)}`)
      if (status.status === 'down') process.exitCode = EXIT.failed
    }),
  )
}

function factsOf(facts: object | undefined): string {
  return Object.entries(facts ?? {})
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}
