import { isJsonObject, type JsonValue } from '@sallyport/jsonrpc'
import { canonicalJson, sha256Hex } from '@sallyport/runtime'

/** What an upstream lists: `digest` is null where the tool is not among it; `unknown` when it could not be asked. */
export type ToolDefinition =
  | { readonly known: true; readonly digest: string | null }
  | { readonly known: false }

export const UNKNOWN_DEFINITION: ToolDefinition = { known: false }

/** SHA-256 over the canonical definitions listed under this name: more than one is a change too. */
export function toolDefinition(name: string, listed: readonly JsonValue[]): ToolDefinition {
  const definitions = listed.filter((tool) => isJsonObject(tool) && tool['name'] === name)
  return { known: true, digest: definitions.length === 0 ? null : sha256Hex(canonicalJson(definitions)) }
}

/** What an approval is bound to: what was not known when it was asked for stays unbound. */
export function boundDigest(definition: ToolDefinition): string | null {
  return definition.known ? definition.digest : null
}
