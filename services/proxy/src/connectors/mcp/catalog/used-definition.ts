import type { ToolDefinition } from '../../../domain/tool-digest.ts'
import type { McpCall } from '../message/call.ts'
import { catalogKey } from './offers.ts'
import { offerUsed, type UpstreamCatalogs } from './upstream-catalogs.ts'

/**
 * The upstream's present definition of the tool or prompt that is used. A resource is its URI and has no definition.
 */
export async function usedDefinition(
  catalog: Pick<UpstreamCatalogs, 'list'>,
  call: McpCall,
): Promise<ToolDefinition> {
  const used = offerUsed(call)
  if (used === undefined || used.kind === 'resource' || used.kind === 'template')
    return { known: true, digest: null }
  const list = await catalog.list(call, used)
  const entry = list.entries.get(catalogKey(used.kind, used.name))
  if (entry === undefined && list.fault !== null) return { known: false }
  return { known: true, digest: entry?.fingerprint ?? null }
}
