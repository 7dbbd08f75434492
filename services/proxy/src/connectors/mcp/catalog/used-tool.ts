import type { UsedTool } from '@sallyport/policy'
import type { McpCall } from '../message/call.ts'
import { catalogKey } from './offers.ts'
import { offerUsed, type UpstreamCatalogs } from './upstream-catalogs.ts'

/**
 * The offer of the upstream that a call uses, such as a tool, with its definition as it is known here. A definition
 * that was seen a moment ago counts, though it is still on its way through the log. `listed`: the upstream's list was
 * read for this. Null where no list could tell.
 */
export function usedTool(
  catalog: Pick<UpstreamCatalogs, 'of'>,
  call: McpCall,
  listed = false,
): UsedTool | null {
  const used = offerUsed(call)
  if (used === undefined) return null
  const { kind } = used
  const key = catalogKey(kind, used.name)
  const definition = catalog.of(call.upstream)?.offered[kind].get(key)?.offered?.fingerprint ?? null
  return { kind, key, definition, listed }
}
