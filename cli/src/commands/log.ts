import { OUTCOMES } from '@sallyport/policy/words'
import { Command, Option } from 'commander'
import type { ApiClient, Query } from '../api-client.ts'
import { action } from '../context.ts'
import { UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { columnWidths, logLine, type TimelineItem } from '../timeline.ts'
import { type ListFlags, listFlags } from './paging.ts'

interface LogFlags extends ListFlags {
  readonly follow?: boolean
  readonly gateway?: string
  readonly action?: string
  readonly verdict?: string
  readonly since?: string
  readonly search?: string
}

/** `sallyport log`: the timeline, the newest at the bottom; `--follow` goes on live. */
export function logCommand(): Command {
  return example(
    listFlags(new Command('log').description('what agents did and what was decided'))
      .option('-f, --follow', 'what happens from now on, instead of what was')
      .option('--gateway <name>', 'of one agent')
      .option('--action <pattern>', 'an action, * for any run of characters')
      .addOption(new Option('--verdict <verdict>').choices(OUTCOMES))
      .option('--since <when>', 'an age such as 15m, 2h, 7d, or an instant')
      .option('--search <words>', 'all of these words'),
    'sallyport log --follow --gateway code-agent',
    'sallyport log --since 2h --verdict deny --json',
  ).action(
    action(async ({ api, output, signal }, flags: LogFlags) => {
      const { gateway, action: pattern, verdict, since, search, limit, cursor } = flags
      const filters: Query = { gateway, action: pattern, verdict, search }
      if (flags.follow) {
        if (since ?? limit ?? cursor)
          throw new UsageError('--follow starts now; --since, --limit and --cursor are for what was')
        let widths = columnWidths([])
        return follow(api, filters, signal, (item) => {
          widths = columnWidths([item], widths)
          output.object(item, () => logLine(item, widths))
        })
      }
      const page = await api.get<{ items: TimelineItem[]; next: string | null }>('/v1/timeline', {
        ...filters,
        since,
        limit: limit ?? 50,
        cursor,
      })
      output.list(page, () => {
        if (page.items.length === 0) return 'nothing in the record matches'
        const widths = columnWidths(page.items)
        return [...page.items]
          .reverse()
          .map((item) => logLine(item, widths))
          .join('\n')
      })
    }),
  )
}

async function follow(
  api: ApiClient,
  filters: Query,
  signal: AbortSignal,
  print: (item: TimelineItem) => void,
) {
  for await (const item of api.stream<TimelineItem>('/v1/timeline/stream', filters, signal)) print(item)
}
