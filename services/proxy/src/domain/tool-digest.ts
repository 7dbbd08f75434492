/** What an upstream lists: `digest` is null where the tool is not among it; not `known` when it could not be asked. */
export type ToolDefinition =
  | { readonly known: true; readonly digest: string | null }
  | { readonly known: false }

/** What an approval is bound to: what was not known when it was asked for stays unbound. */
export function boundDigest(definition: ToolDefinition): string | null {
  return definition.known ? definition.digest : null
}
