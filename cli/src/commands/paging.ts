import type { Command } from 'commander'
import type { ApiClient, Page, Query } from '../api-client.ts'
import { UsageError } from '../errors.ts'

/** The flags of every list. */
export interface ListFlags {
  readonly limit?: string
  readonly cursor?: string
  readonly all?: boolean
}

/** The most that the API gives at once. */
const LARGEST_PAGE = 500

export function listFlags(command: Command): Command {
  return command
    .option('--limit <n>', 'at most this many (default: 50)')
    .option('--cursor <cursor>', 'go on where the last page ended (its "next")')
    .option('--all', 'everything, page by page')
}

/** One page of a list, or with --all the whole of it as one. The other flags of the command stay here. */
export async function listOf<T>(
  api: ApiClient,
  path: string,
  flags: ListFlags,
  query: Query = {},
): Promise<Page<T>> {
  if (!flags.all) return api.get<Page<T>>(path, { ...pageQuery(flags), ...query })
  const items: T[] = []
  for await (const item of everyItem<T>(api, path, flags, query)) items.push(item)
  return { items, next: null }
}

/** Every item of a list from the cursor on, fetched page by page as they are taken. */
export async function* everyItem<T>(
  api: ApiClient,
  path: string,
  flags: ListFlags,
  query: Query,
): AsyncGenerator<T, void> {
  if (flags.limit !== undefined) throw new UsageError('--all has no --limit')
  let { cursor } = flags
  do {
    const page: Page<T> = await api.get(path, { ...query, limit: LARGEST_PAGE, cursor })
    yield* page.items
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
}

/** The flags of a list that go to the API. The command's other flags, the token among them, stay here. */
function pageQuery({ limit, cursor }: ListFlags): Query {
  return { limit, cursor }
}
