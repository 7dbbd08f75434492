import type { JsonLimits } from '@sallyport/jsonrpc'
import type { ProxyConfig } from '../../../config.ts'

/** What the JSON of a request's body may be. */
export function jsonLimits({
  limits,
  json,
}: Pick<ProxyConfig, 'limits' | 'json'>): JsonLimits & { readonly maxBytes: number } {
  return {
    maxBytes: limits.bodyBytes,
    maxDepth: json.depth,
    maxMembers: json.members,
    maxKeyLength: json.keyLength,
    maxStringLength: json.stringLength,
  }
}
