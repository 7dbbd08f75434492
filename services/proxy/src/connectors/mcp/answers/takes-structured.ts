import type { Catalog, Definition } from '@sallyport/control'
import { catalogKey } from '../catalog/offers.ts'
import type { McpCall } from '../message/call.ts'

const OUTPUT_SCHEMA = '"outputSchema"'

/**
 * Whether an error of this call may have structured content. Where its tool has an `outputSchema`, the official client of
 * the first generation (1.32) checks the structured content of errors by it too, and its agent then sees a broken tool
 * in the place of the denial. A definition that is not kept whole may have one. Clients check only by what was listed
 * to them, so that a tool which nobody has listed is safe.
 */
export function takesStructured(catalog: Catalog | undefined, { tool }: Pick<McpCall, 'tool'>): boolean {
  if (tool === null) return true
  const { accepted, offered } = catalog?.offered.tool.get(catalogKey('tool', tool)) ?? {}
  return [accepted, offered].every(isPlain)
}

function isPlain(definition: Definition | null | undefined): boolean {
  if (definition === null || definition === undefined) return true
  const { text, entire } = definition
  return entire && text !== null && !text.includes(OUTPUT_SCHEMA)
}
