import type { TObject } from 'typebox'

/**
 * The schema as a reader applies it: a later release may have added members, at any depth, which are kept and mean
 * nothing here. What the schema says of the members it knows stays as it is.
 */
export function tolerant(schema: TObject): TObject {
  return JSON.parse(JSON.stringify(schema, opened))
}

function opened(keyword: string, value: unknown): unknown {
  return keyword === 'additionalProperties' && value === false ? undefined : value
}
