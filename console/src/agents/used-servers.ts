import type { TimelineItem } from '../api/types.ts'

export interface UsedServer {
  readonly name: string
  readonly lastAt: string
  readonly calls: number
}

/** The servers that an agent has lately called, the last one first. `items` are the newest of its record, newest first. */
export function usedServers(items: readonly TimelineItem[]): readonly UsedServer[] {
  const used = new Map<string, UsedServer>()
  for (const item of items) {
    if (item.kind !== 'action') continue
    const known = used.get(item.upstream)
    used.set(item.upstream, {
      name: item.upstream,
      lastAt: known?.lastAt ?? item.at,
      calls: (known?.calls ?? 0) + 1,
    })
  }
  return [...used.values()]
}
