import type { ApiClient, Page, Query } from '../api-client.ts'
import type { Differing } from './offered.ts'

/** Everything that differs and fits, page by page. */
export async function fetchDiffering(api: ApiClient, query: Query): Promise<readonly Differing[]> {
  const all: Differing[] = []
  let cursor: string | undefined
  do {
    const page: Page<Differing> = await api.get('/v1/catalog/differences', { ...query, limit: 100, cursor })
    all.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return all
}
