import type { Offered } from '../catalog/catalog.ts'
import { differencesOf } from '../catalog/diff.ts'

/** Words of MCP: others are the upstream's own and are not repeated to agents. */
const MEMBERS: ReadonlySet<string> = new Set([
  'annotations',
  'arguments',
  'description',
  'execution',
  'icons',
  'inputSchema',
  'mimeType',
  'name',
  'outputSchema',
  'size',
  'title',
  '_meta',
])

/** In which of its members a definition differs from the one that was accepted. Nothing of what is in them. */
export function changesOf(entry: Offered | undefined): string {
  if (entry === undefined) return 'its definition'
  const { differences, complete } = differencesOf(entry)
  const members = differences.map(({ place }) => place.split('/')[1] ?? '')
  const known = members.map((member) => (MEMBERS.has(member) ? member : 'others'))
  const all = [...new Set(known)].sort()
  if (all.length === 0) return complete ? 'it changes again and again' : 'in what is not kept of it'
  return all.join(', ')
}
