import type { TObject } from 'typebox'

/**
 * The schema as a reader applies it. A later release may have added members, at any depth; they are kept and mean
 * nothing here. The rules for known members stay as they are.
 */
export function tolerant(schema: TObject): TObject {
  return JSON.parse(JSON.stringify(schema, opened))
}

function opened(keyword: string, value: unknown): unknown {
  return keyword === 'additionalProperties' && value === false ? undefined : value
}
