import { OUTCOMES } from '@sallyport/policy/words'
import { Command, Option } from 'commander'
import type { Page, Query } from '../api-client.ts'
import { paintFor } from '../colour.ts'
import { action, type Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { example } from '../example.ts'
import { ActRuns } from '../timeline/act-runs.ts'
import type { TimelineItem } from '../timeline/items.ts'
import { type ColumnWidths, columnWidths, logLine } from '../timeline/line.ts'
import { type StoryEvent, storyText } from '../timeline/story.ts'
import { idArgument } from './id-argument.ts'
import { everyItem, type ListFlags, listFlags, listOf } from './paging.ts'

const KINDS = ['action', 'admin', 'all']

interface LogFlags extends ListFlags {
  readonly follow?: boolean
  readonly kind?: string
  readonly gateway?: string
  readonly upstream?: string
  readonly action?: string
  readonly verdict?: string
  readonly since?: string
  readonly until?: string
  readonly search?: string
  readonly wide?: boolean
}

/** `sallyport log`: the timeline, the newest at the bottom; `--follow` goes on live, `log show ID` tells one story. */
export function logCommand(): Command {
  const command = new Command('log')
    .enablePositionalOptions()
    .description('what agents did and what was decided, or what people administered')
    .option('-f, --follow', 'what happens from now on, instead of what was')
    .addOption(
      new Option('--kind <kind>', 'what agents did, what people and bots administered, or both')
        .choices(KINDS)
        .default('action'),
    )
    .option('--gateway <name>', 'of one agent')
    .option('--upstream <name>', 'on one upstream')
    .option('--action <pattern>', 'an action, * for any run of characters')
    .addOption(new Option('--verdict <verdict>').choices(OUTCOMES))
    .option('--since <when>', 'an age such as 15m, 2h, 7d, or an instant')
    .option('--until <when>', 'the same: nothing that is later')
    .option('--search <words>', 'all of these words')
    .option('--wide', 'with the id for log show and the arguments')
  return example(
    listFlags(command),
    'sallyport log --follow --gateway code-agent',
    'sallyport log --since 2h --verdict deny --json',
    'sallyport log --kind admin --since 7d --all',
  )
    .action(
      action(async (context, flags: LogFlags) => {
        if (flags.follow) await follow(context, flags)
        else if (flags.all) await printAll(context, flags)
        else await printPage(context, flags)
      }),
    )
    .addCommand(showCommand())
}

function showCommand(): Command {
  return example(
    new Command('show')
      .description('tells the whole story of one action: what was decided, who answered, how it ended')
      .argument('<id>', 'of the action, of its approval or of an event (log --wide has them)'),
    'sallyport log show 0198c0de-0000-7000-8000-000000000000',
  ).action(
    action(async ({ api, output }, id: string) => {
      const story = await api.get<Page<StoryEvent>>(`/v1/actions/${idArgument(id, 'sallyport log --wide')}`)
      output.object(story, () => storyText(story.items, paintFor(process.stdout)))
    }),
  )
}

async function follow({ api, output, signal }: Context, flags: LogFlags): Promise<void> {
  const { since, until, limit, cursor, all } = flags
  if (since ?? until ?? limit ?? cursor ?? all)
    throw new UsageError(
      '--follow starts now; --since, --until, --limit, --cursor and --all are for what was',
    )
  const line = lineAfterLine(flags)
  for await (const item of api.stream<TimelineItem>('/v1/timeline/stream', filtersOf(flags), signal))
    output.object(item, () => line(item))
}

/** The newest page; for people its newest line is the last. */
async function printPage({ api, output }: Context, flags: LogFlags): Promise<void> {
  const query = { ...filtersOf(flags), since: flags.since, until: flags.until }
  const page = await listOf<TimelineItem>(api, '/v1/timeline', flags, query)
  output.list(page, () => {
    if (page.items.length === 0) return 'nothing in the record matches'
    const options = { ...lineOptions(flags), widths: columnWidths(page.items) }
    return told([...page.items].reverse(), flags, page.next !== null)
      .map((item) => logLine(item, options))
      .join('\n')
  })
}

/** Everything up to now: as JSON in the order of pages, for people the newest last. */
async function printAll({ api, output }: Context, flags: LogFlags): Promise<void> {
  const until = flags.until ?? new Date().toISOString()
  const query = { ...filtersOf(flags), since: flags.since, until, order: output.json ? 'desc' : 'asc' }
  const items = everyItem<TimelineItem>(api, '/v1/timeline', flags, query)
  await output.everything(output.json ? items : toldOneByOne(items, flags), lineAfterLine(flags))
}

/** For people, who get many changes in one go as one line unless they want all that there is. */
function told(
  items: readonly TimelineItem[],
  { wide = false }: LogFlags,
  cut: boolean,
): readonly TimelineItem[] {
  if (wide) return items
  const runs = new ActRuns({ cut })
  return [...items.flatMap((item) => runs.push(item)), ...runs.end()]
}

async function* toldOneByOne(items: AsyncIterable<TimelineItem>, { wide = false }: LogFlags) {
  const runs = new ActRuns()
  for await (const item of items) yield* wide ? [item] : runs.push(item)
  yield* runs.end()
}

function filtersOf({ kind, gateway, upstream, action: pattern, verdict, search }: LogFlags): Query {
  return { kind, gateway, upstream, action: pattern, verdict, search }
}

function lineOptions({ wide = false }: LogFlags) {
  return { wide, paint: paintFor(process.stdout) }
}

/** For lines that come one by one: a column that had to widen stays so. */
function lineAfterLine(flags: LogFlags): (item: TimelineItem) => string {
  let widths: ColumnWidths = columnWidths([])
  return (item) => {
    widths = columnWidths([item], widths)
    return logLine(item, { ...lineOptions(flags), widths })
  }
}
