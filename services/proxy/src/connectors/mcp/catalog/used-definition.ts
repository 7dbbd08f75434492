import type { ToolDefinition } from '../../../domain/tool-digest.ts'
import type { ProxyParts } from '../exchange/parts.ts'
import type { McpCall } from '../message/call.ts'
import { catalogKey } from './offers.ts'
import { offerUsed } from './upstream-catalogs.ts'

/** What the upstream says now of the tool or prompt that is used. A resource is its URI and has no definition. */
export async function usedDefinition({ catalog }: ProxyParts, call: McpCall): Promise<ToolDefinition> {
  const used = offerUsed(call)
  if (used === undefined || used.kind === 'resource') return { known: true, digest: null }
  const list = await catalog.list(call, used)
  if (list === undefined) return { known: false }
  return { known: true, digest: list.entries.get(catalogKey(used.kind, used.name))?.fingerprint ?? null }
}

/** The definition of the called tool that this process knows of, for the record; null where it was never listed. */
export function offeredFingerprint({ catalog }: Pick<ProxyParts, 'catalog'>, call: McpCall): string | null {
  if (call.tool === null) return null
  const entry = catalog.of(call.upstream)?.offered.tool.get(catalogKey('tool', call.tool))
  return entry?.offered?.fingerprint ?? null
}
