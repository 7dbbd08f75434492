/**
 * The definition that an upstream lists. `digest` is null when the list does not have the tool. `known` is false when
 * the upstream could not be asked.
 */
export type ToolDefinition =
  | { readonly known: true; readonly digest: string | null }
  | { readonly known: false }

/**
 * The definition that an approval is bound to. A definition that was not known when the approval was asked for does not
 * bind it.
 */
export function boundDigest(definition: ToolDefinition): string | null {
  return definition.known ? definition.digest : null
}
